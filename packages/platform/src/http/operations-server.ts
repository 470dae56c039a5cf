import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HealthRegistry } from '../health.js';
import type { Metrics } from '../metrics.js';
import { pathOf } from './body-parsers.js';
import { PROBE_PATHS, probe } from './probes.js';

export interface OperationsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** `/metrics` and the probes on a port of their own, which is never open to the world. */
export async function startOperationsServer(options: {
  readonly bind: string;
  readonly port: number;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
}): Promise<OperationsServer> {
  const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) => {
    answer(request, response, options).catch(() => response.destroy());
  });
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.bind, resolve);
  });
  return { url: urlOf(server), close: () => closeNow(server) };
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: { metrics: Metrics; health: HealthRegistry }): Promise<void> {
  const path = pathOf(request.url ?? '/');
  const known = PROBE_PATHS.find((name) => name === path);
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, 'text/plain', 'GET only\n');
  if (path === '/metrics') return end(response, 200, parts.metrics.registry.contentType, await parts.metrics.text());
  if (known === undefined) return end(response, 404, 'text/plain', 'not here\n');
  const { status, body } = await probe(known, parts.health);
  return end(response, status, 'application/json', JSON.stringify(body));
}

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', 'Content-Length': Buffer.byteLength(body) });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** The base URL of a listening server; a wildcard address is named as this machine. */
export function urlOf(server: Pick<Server, 'address'>): string {
  const { address, family, port } = server.address() as AddressInfo;
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}

async function closeNow(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
