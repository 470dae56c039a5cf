import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from './child.ts';
import type { DataFolder } from './data-folder.ts';
import { freePort } from './free-port.ts';
import type { LocalService } from './postgres.ts';
import { answers, waitUntilReady } from './wait-until.ts';

/** Starts a Redis on 127.0.0.1 that keeps nothing on disk: all it holds is rebuilt from Postgres. */
export async function startRedis(folder: DataFolder, binary: string): Promise<LocalService> {
  const password = (folder.remembered.passwords.redis ??= randomBytes(18).toString('base64url'));
  const port = (folder.remembered.ports.redis = await freePort(folder.remembered.ports.redis));
  const home = join(folder.path, 'redis');
  mkdirSync(home, { recursive: true });
  const settings = join(home, 'redis.conf');
  // The password stands in a file of our own: arguments are seen by every user of the machine.
  writeFileSync(settings, ['bind 127.0.0.1', `port ${port}`, `dir "${home}"`, 'save ""', 'appendonly no', `requirepass ${password}`, ''].join('\n'), {
    mode: 0o600,
  });
  const child = startChild(folder, { name: 'redis', file: binary, args: [settings] });
  await waitUntilReady('Redis', child, () => answers(port, `AUTH ${password}\r\n`, '+OK'), 15_000);
  return { url: `redis://:${password}@127.0.0.1:${port}`, child };
}
