import { createServer } from 'node:net';

/** Below the ports that systems give to whoever connects to something: nobody takes one by chance between now and its use, or while its process is started again. What is below 20,000 is left to whoever tests. */
const [lowest, highest] = [20_000, 32_000];
const triesMax = 100;

/** A TCP port of 127.0.0.1 that is free now: `preferred` when it is, else any but those `promised` to others who have not begun to listen. */
export async function freePort(preferred?: number, promised: readonly (number | undefined)[] = []): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (!promised.includes(port) && (await isFree(port))) return port;
  }
  return await bindOnce(0);
}

/** Whether nothing listens on the port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  return await bindOnce(port).then(
    () => true,
    () => false,
  );
}

function bindOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
