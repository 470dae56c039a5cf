import { createServer } from 'node:net';

/** Below the ports that systems give to whoever connects to something: nobody takes one by chance between now and its use, or while its process is started again. */
const [lowest, highest] = [12_000, 32_000];
const triesMax = 100;

/** A TCP port of 127.0.0.1 that is free now: `preferred` when it is, else any. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) return port;
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
