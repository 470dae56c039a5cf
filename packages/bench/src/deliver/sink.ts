import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveTasks } from '../harness/worker-process.js';

/** Host and digest of each signed POST. */
let received = new Set<string>();
/** Of those that came, how many had come before. */
let repeated = 0;

function note(copy: string): void {
  if (received.has(copy)) repeated += 1;
  received.add(copy);
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  request.on('end', () => {
    const { host, signature, digest = request.headers['content-digest'] } = request.headers;
    if (signature !== undefined) note(`${host} ${String(digest)}`);
    response.writeHead(202).end();
  });
}

/**
 * Listens on many loopback addresses, one port: each is a host of its own; the last `silent` of them take what comes and
 * never answer. @returns the hosts
 */
async function listen({ count, silent = 0 }: { readonly count: number; readonly silent?: number }): Promise<string[]> {
  let port = 0;
  const hosts: string[] = [];
  for (let index = 0; index < count + silent; index += 1) {
    const address = `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`;
    const server = createServer({ keepAliveTimeout: 120_000 }, index < count ? answer : (request) => void request.resume());
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ host: address, port, backlog: 64 }, resolve));
    ({ port } = server.address() as AddressInfo);
    hosts.push(`${address}:${port}`);
  }
  return hosts;
}

/** Different signed POSTs since the last question. */
function take(): number {
  const count = received.size;
  received = new Set();
  repeated = 0;
  return count;
}

export const serve = (): void => serveTasks({ listen, take, peek: () => received.size, repeated: () => repeated });
