import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Script = (response: ServerResponse, request: SeenRequest) => void;

/** A server on loopback that answers as told and remembers what it was asked. */
export class ScriptedPeer {
  readonly seen: SeenRequest[] = [];
  connections = 0;
  private readonly scripts = new Map<string, Script>();

  private constructor(private readonly server: Server) {
    server.on('connection', () => (this.connections += 1));
    server.on('request', (request, response) => void this.answer(request, response));
  }

  static async start(): Promise<ScriptedPeer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ScriptedPeer(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** By its numbers: the form that the guard refuses unless it is listed. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  url(path: string): string {
    return `http://${this.host}${path}`;
  }

  /** Sets the answer of a path, query string not counted. */
  on(path: string, script: Script): this {
    this.scripts.set(path, script);
    return this;
  }

  json(path: string, value: unknown, type = 'application/activity+json'): this {
    return this.on(path, (response) => response.writeHead(200, { 'content-type': type }).end(JSON.stringify(value)));
  }

  redirect(path: string, location: string, status = 302): this {
    return this.on(path, (response) => response.writeHead(status, { location }).end());
  }

  status(path: string, status: number, headers: Record<string, string> = {}): this {
    return this.on(path, (response) => response.writeHead(status, headers).end('no'));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', rawHeaders, headers } = request;
    const seen = { method, url, rawHeaders, headers, body: Buffer.concat(chunks) };
    this.seen.push(seen);
    const script = this.scripts.get(new URL(url, 'http://peer').pathname);
    if (script === undefined) response.writeHead(404).end();
    else script(response, seen);
  }
}
