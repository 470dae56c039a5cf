import { createServer } from 'node:net';

/**
 * Below the ports that systems give to whoever connects or listens without naming one, and below those of the launcher and the promises:
 * nobody takes one by chance between now and its use, or while whoever has it is away for a moment.
 */
const [LOWEST, COUNT] = [7_000, 2_000];
const TRIES_MAX = 200;

/**
 * A port of 127.0.0.1 that is free now, and promised to nobody else: tests run in several processes at once, and a server listens seconds
 * after it was given its port. As a sign of the promise a port that lies `COUNT` higher is held, until this process ends.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = LOWEST + Math.floor(Math.random() * COUNT);
    if ((await isFree(port)) && (await isHeld(port + COUNT))) return port;
  }
  throw new Error(`found no free port from ${LOWEST} to ${LOWEST + COUNT - 1}`);
}

/** Listens there and goes on listening; false when somebody else does. */
function isHeld(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const guard = createServer((socket) => socket.destroy()).unref();
    guard.once('error', () => resolve(false));
    guard.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
}

/** Of both loopbacks, since `localhost` may be either. */
async function isFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '::1']) {
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      const probe = createServer();
      probe.once('error', resolve);
      probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(null)));
    });
    if (error?.code === 'EADDRINUSE' || error?.code === 'EACCES') return false;
  }
  return true;
}
