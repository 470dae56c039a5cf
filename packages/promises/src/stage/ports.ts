import { createServer } from 'node:net';

/** Below the ports that systems give to whoever asks for any, and below those that the launcher gives to processes: nobody takes them between now and their use. */
const [LOWEST, HIGHEST] = [12_000, 20_000];

/** So many different ports of 127.0.0.1 that are free now and will hardly be taken by chance. */
export async function quietPorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  // Two runs on one machine begin at different places.
  let port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
  for (let tried = 0; ports.length < count; tried += 1) {
    if (tried > HIGHEST - LOWEST) throw new Error(`there are no ${count} free ports between ${LOWEST} and ${HIGHEST}`);
    port = port + 1 < HIGHEST ? port + 1 : LOWEST;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
