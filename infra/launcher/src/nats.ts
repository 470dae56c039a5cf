import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from './child.ts';
import type { DataFolder } from './data-folder.ts';
import { freePort } from './free-port.ts';
import type { LocalService } from './postgres.ts';
import { answers, waitUntilReady } from './wait-until.ts';

/** Starts a nats-server with JetStream on 127.0.0.1, its store in the folder. */
export async function startNats(folder: DataFolder, binary: string): Promise<LocalService> {
  const port = (folder.remembered.ports.nats = await freePort(folder.remembered.ports.nats));
  const home = join(folder.path, 'nats');
  mkdirSync(home, { recursive: true });
  const settings = join(home, 'nats.conf');
  // Every stream has a limit of its own in bytes; the broker reserves them against this sum, so it must not be
  // the small share of a laptop's free disk that it would choose.
  const lines = [
    `listen: "127.0.0.1:${port}"`,
    'max_payload: 1MB',
    `jetstream { store_dir: "${join(home, 'store')}", max_memory_store: 1GB, max_file_store: 1TB }`,
    '',
  ];
  writeFileSync(settings, lines.join('\n'), { mode: 0o600 });
  const child = startChild(folder, { name: 'nats', file: binary, args: ['-c', settings] });
  await waitUntilReady('nats-server', child, () => answers(port, '', 'INFO '), 30_000);
  return { url: `nats://127.0.0.1:${port}`, child };
}
