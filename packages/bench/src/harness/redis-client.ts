import { serverLibrary } from './server-library.js';

/** As much of the server's Redis client as bare loops need. */
export interface RedisClient {
  connect(): Promise<unknown>;
  sendCommand<T>(args: readonly string[]): Promise<T>;
  destroy(): void;
}

export async function openRedis(url: string): Promise<RedisClient> {
  const { createClient } = serverLibrary<{ createClient: (options: object) => RedisClient }>('persistence', 'redis');
  const client = createClient({ url });
  await client.connect();
  return client;
}

/** Many commands, answers awaited by the thousand. */
export async function sendAll(client: RedisClient, commands: Iterable<readonly string[]>): Promise<void> {
  let pending: Promise<unknown>[] = [];
  for (const command of commands) {
    pending.push(client.sendCommand(command));
    if (pending.length < 1_000) continue;
    await Promise.all(pending);
    pending = [];
  }
  await Promise.all(pending);
}
