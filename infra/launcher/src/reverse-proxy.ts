import { Agent, createServer, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { endToEndHeaders, forwardedHeaders } from './proxy-headers.ts';
import type { TrustsPeer } from './proxy-headers.ts';
import { appForPath } from './routes.ts';
import type { AppName } from './routes.ts';

/** One copy of an app, as far as the proxy needs it. */
export interface Upstream {
  readonly port: number;
  readonly isReady: boolean;
}

export interface ProxyOptions {
  /** All copies of an app, read anew for every request. */
  readonly upstreamsOf: (app: AppName) => readonly Upstream[];
  /** Peers whose X-Forwarded-* are believed; nobody's unless told. */
  readonly trustsPeer?: TrustsPeer;
}

const retryAfterSeconds = 1;
/** Safe to send twice. */
const repeatable = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A small reverse proxy for one machine: the route table, round robin over ready copies, streaming bodies and
 * WebSockets. A request is tried on another copy only when the first cannot have acted on it.
 */
export class ReverseProxy {
  readonly server: Server;
  private readonly agent = new Agent({ keepAlive: true, maxFreeSockets: 64, timeout: 0 });
  private readonly options: ProxyOptions;
  private turn = 0;

  constructor(options: ProxyOptions) {
    this.options = options;
    this.server = createServer((request, response) => this.forward(request, response, this.order(request)));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head, this.order(request)));
    // Long uploads on slow lines are the app's to judge.
    this.server.requestTimeout = 0;
  }

  listen(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  /** Takes no new connection, waits for requests under way, and cuts what is left after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const cutter = setTimeout(() => this.server.closeAllConnections(), graceMs);
    await new Promise((resolve) => this.server.close(resolve));
    clearTimeout(cutter);
    this.agent.destroy();
  }

  /** The ready copies of the app that the path belongs to, beginning with the one whose turn it is. */
  private order(request: IncomingMessage): Upstream[] {
    const ready = this.options.upstreamsOf(appForPath(request.url ?? '/')).filter((upstream) => upstream.isReady);
    this.turn = (this.turn + 1) % 1_000_000;
    const first = ready.length > 0 ? this.turn % ready.length : 0;
    return [...ready.slice(first), ...ready.slice(0, first)];
  }

  private forward(request: IncomingMessage, response: ServerResponse, [upstream, ...others]: Upstream[]): void {
    if (!upstream) return unavailable(request, response);
    const attempt = this.open(request, upstream);
    let isSent = false;
    attempt.on('error', (error: NodeJS.ErrnoException) => {
      // An answer that came before the whole body was read (413) is worth more than the write that failed.
      if (response.headersSent || response.destroyed) return;
      if (!isSent && isRefused(error)) return this.forward(request, response, others);
      // A kept connection that breaks at once was closed while it was idle; the copy itself may be well.
      if (attempt.reusedSocket && isRepeatable(request)) return this.forward(request, response, [upstream, ...others]);
      refuse(response, 502, 'The service ended the connection.');
    });
    attempt.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEndHeaders(answer.rawHeaders));
      // Event streams send their head long before their first event.
      response.flushHeaders();
      answer.pipe(response);
      answer.once('error', () => response.destroy());
      answer.once('aborted', () => response.destroy());
    });
    response.once('close', () => attempt.destroy());
    onceConnected(attempt, () => {
      isSent = true;
      if (hasBody(request)) request.pipe(attempt);
      else attempt.end();
    });
  }

  private open(request: IncomingMessage, upstream: Upstream): ClientRequest {
    const headers = forwardedHeaders(request, this.options.trustsPeer ?? (() => false));
    if (request.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked');
    else if (!isRepeatable(request) && request.headers['content-length'] === undefined) headers.push('Content-Length', '0');
    // Asked to close, a copy would do so as soon as it answered, which cuts an answer to a body it has not read.
    headers.push('Connection', 'keep-alive');
    return httpRequest({
      host: '127.0.0.1',
      port: upstream.port,
      method: request.method,
      path: request.url,
      // What must not be sent twice gets a connection of its own, so that a refusal is certain to mean "not received".
      agent: isRepeatable(request) ? this.agent : false,
      setHost: false,
      headers,
    });
  }

  private upgrade(request: IncomingMessage, client: Duplex, head: Buffer, [upstream, ...others]: Upstream[]): void {
    client.once('error', () => client.destroy());
    if (!upstream) return void client.end(`HTTP/1.1 503 Service Unavailable\r\nRetry-After: ${retryAfterSeconds}\r\nConnection: close\r\n\r\n`);
    const headers = forwardedHeaders(request, this.options.trustsPeer ?? (() => false));
    headers.push('Connection', 'Upgrade', 'Upgrade', request.headers.upgrade ?? 'websocket');
    const attempt = httpRequest({
      host: '127.0.0.1',
      port: upstream.port,
      path: request.url,
      agent: false,
      setHost: false,
      headers,
    });
    attempt.on('error', (error) => (isRefused(error) ? this.upgrade(request, client, head, others) : client.destroy()));
    attempt.once('upgrade', (answer, socket, first) => {
      client.write(statusAndHeaders(answer, answer.rawHeaders));
      joinSockets({ socket: client, first: head }, { socket, first });
    });
    // Refused, e.g. 401: the answer goes back as it is, and the connection ends.
    attempt.once('response', (answer) => {
      client.write(statusAndHeaders(answer, [...endToEndHeaders(answer.rawHeaders), 'Connection', 'close']));
      answer.pipe(client);
    });
    client.once('close', () => attempt.destroy());
    attempt.end();
  }
}

interface End {
  readonly socket: Duplex;
  /** What it sent already behind its head. */
  readonly first: Buffer;
}

function joinSockets(client: End, app: End): void {
  if (app.first.length > 0) client.socket.write(app.first);
  if (client.first.length > 0) app.socket.write(client.first);
  app.socket.once('error', () => client.socket.destroy());
  app.socket.once('close', () => client.socket.destroy());
  client.socket.once('close', () => app.socket.destroy());
  app.socket.pipe(client.socket).pipe(app.socket);
}

function statusAndHeaders(answer: IncomingMessage, raw: readonly string[]): string {
  const lines = Array.from({ length: raw.length / 2 }, (_, index) => `${raw[index * 2]}: ${raw[index * 2 + 1]}\r\n`);
  return `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${lines.join('')}\r\n`;
}

/** Calls back once the request has a connected socket: until then not a byte was sent. */
function onceConnected(attempt: ClientRequest, callback: () => void): void {
  attempt.once('socket', (socket) => (socket.connecting ? socket.once('connect', callback) : callback()));
}

function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

function isRepeatable(request: IncomingMessage): boolean {
  return repeatable.has(request.method ?? '') && !hasBody(request);
}

function isRefused(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNREFUSED';
}

function unavailable(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.setHeader('Retry-After', String(retryAfterSeconds));
  refuse(response, 503, 'No copy of this service is ready.');
}

function refuse(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ error }));
}
