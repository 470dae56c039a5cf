import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { createClient } from 'redis';

const BINARY = process.env['TEST_REDIS_BIN'] ?? '/usr/bin/redis-server';

/** A Redis of its own, or the one that TEST_REDIS_URL names, under a prefix that nobody else uses. */
export interface TestRedis {
  readonly url: string;
  readonly prefix: string;
  /** Only on a Redis of its own. */
  readonly kill: (() => Promise<void>) | null;
  readonly start: (() => Promise<void>) | null;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<TestRedis> {
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  const shared = process.env['TEST_REDIS_URL'];
  if (shared !== undefined) return { url: shared, prefix, kill: null, start: null, stop: () => Promise.resolve() };
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server = await launch(port, url);
  const kill = async () => {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
  };
  return {
    url,
    prefix,
    kill,
    start: async () => {
      server = await launch(port, url);
    },
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) await kill();
    },
  };
}

async function launch(port: number, url: string): Promise<ChildProcess> {
  const server = spawn(BINARY, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { cwd: '/tmp', stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries += 1) {
    const client = createClient({ url, socket: { reconnectStrategy: false } });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.close();
      return server;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  server.kill();
  throw new Error('Redis did not start within five seconds');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
