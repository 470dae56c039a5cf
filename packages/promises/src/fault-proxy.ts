import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What happens to bytes on their way, in both directions. Times in milliseconds. */
export type Fault =
  | { readonly kind: 'pass' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** One byte at a time. */
  | { readonly kind: 'drip'; readonly everyMs: number }
  /** Connections are taken and held; nothing comes through, and what was sent meanwhile is gone. */
  | { readonly kind: 'blackhole' }
  /** Every connection, old or new, is reset. */
  | { readonly kind: 'reset' }
  /** A connection is cut once so many bytes of it, both directions together, have passed since the fault was set. */
  | { readonly kind: 'cut'; readonly afterBytes: number };

interface Link {
  readonly client: Socket;
  readonly upstream: Socket;
  passedBytes: number;
}

const CHUNKS_WAITING_MAX = 1_024;

/** A TCP proxy on 127.0.0.1 that can be told, while it runs, how to hurt what passes through it. */
export class FaultProxy {
  private fault: Fault = { kind: 'pass' };
  private readonly links = new Set<Link>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private readonly upstreamPort: number,
  ) {}

  /** @param upstreamPort where what passes goes to, on 127.0.0.1 */
  static async start(upstreamPort: number, port = 0): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    const proxy = new FaultProxy(server, (server.address() as AddressInfo).port, upstreamPort);
    server.on('connection', (client) => proxy.take(client));
    return proxy;
  }

  /** From now on, for connections that stand as well. */
  set(fault: Fault): void {
    const wasBlackhole = this.fault.kind === 'blackhole';
    this.fault = fault;
    for (const link of this.links) {
      link.passedBytes = 0;
      // A stream with a hole in it can never be whole again.
      if (fault.kind === 'reset' || (wasBlackhole && fault.kind !== 'blackhole')) cut(link);
    }
  }

  async stop(): Promise<void> {
    this.set({ kind: 'reset' });
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(client: Socket): void {
    if (this.fault.kind === 'reset') {
      client.resetAndDestroy();
      return;
    }
    const upstream = createConnection({ port: this.upstreamPort, host: '127.0.0.1', allowHalfOpen: true });
    const link: Link = { client, upstream, passedBytes: 0 };
    this.links.add(link);
    this.pump(link, client, upstream);
    this.pump(link, upstream, client);
  }

  /** Chunks leave in the order in which they came, each when its fault lets it. */
  private pump(link: Link, from: Socket, to: Socket): void {
    let last = Promise.resolve();
    let waiting = 0;
    const then = (step: () => Promise<void> | void): void => {
      waiting += 1;
      if (waiting >= CHUNKS_WAITING_MAX) from.pause();
      last = last.then(step).catch(() => cut(link)).finally(() => {
        waiting -= 1;
        if (waiting < CHUNKS_WAITING_MAX) from.resume();
      });
    };
    from.on('data', (chunk: Buffer) => then(() => this.forward(link, to, chunk)));
    from.on('end', () => then(() => void to.end()));
    from.on('error', () => cut(link));
    from.on('close', (hadError) => {
      if (hadError) cut(link);
      if (link.client.destroyed && link.upstream.destroyed) this.links.delete(link);
    });
  }

  private async forward(link: Link, to: Socket, chunk: Buffer): Promise<void> {
    const { fault } = this;
    switch (fault.kind) {
      case 'blackhole':
        return;
      case 'reset':
        return cut(link);
      case 'delay':
        await sleep(fault.ms);
        return write(to, chunk);
      case 'drip':
        for (const byte of chunk) {
          if (to.destroyed) return;
          await write(to, Buffer.of(byte));
          await sleep(fault.everyMs);
        }
        return;
      case 'cut': {
        const left = fault.afterBytes - link.passedBytes;
        link.passedBytes += chunk.length;
        await write(to, chunk.subarray(0, Math.max(0, left)));
        if (chunk.length >= left) cut(link);
        return;
      }
      case 'pass':
        return write(to, chunk);
    }
  }
}

/** Resolves when the bytes are with the system, so that a slow reader slows the writer. */
function write(to: Socket, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (chunk.length === 0 || to.destroyed) resolve();
    else to.write(chunk, () => resolve());
  });
}

function cut(link: Link): void {
  for (const socket of [link.client, link.upstream]) if (!socket.destroyed) socket.resetAndDestroy();
}
