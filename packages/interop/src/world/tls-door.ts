import { readFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { worldFiles } from './private-names.js';

/** One line of what went through a door. */
export interface Passage {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** The https side of a server that listens on a port of 127.0.0.1: what a reverse proxy is for it elsewhere. */
export class TlsDoor {
  readonly passages: Passage[] = [];
  /** While true nobody gets through: connections are cut, as of a server that is down. */
  isShut = false;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {}

  static async open(world: string, address: string, port: number): Promise<TlsDoor> {
    const { certificate, key } = worldFiles(world);
    const server = createServer({ cert: await readFile(certificate), key: await readFile(key) });
    const door = new TlsDoor(server, port);
    server.on('request', (request, response) => door.pass(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(443, address, resolve);
    });
    return door;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(request: IncomingMessage, response: ServerResponse): void {
    if (this.isShut) return request.socket.destroy() as unknown as void;
    const { method = 'GET', url = '/', headers } = request;
    const forwarded = { ...headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': request.socket.remoteAddress ?? '', 'x-forwarded-host': headers.host ?? '' };
    const inner = httpRequest({ host: '127.0.0.1', port: this.port, method, path: url, headers: forwarded }, (answer) => {
      this.passages.push({ method, path: url, status: answer.statusCode ?? 0 });
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    inner.once('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    request.pipe(inner);
  }
}
