import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { freePort } from './free-port.ts';
import { repositoryRoot } from './repository-root.ts';
import { findProgram } from './system-packages.ts';

export type ServiceName = 'postgres' | 'redis' | 'nats';

/** Services that Docker runs, and how to stop them. */
export interface DockerServices {
  readonly urls: Partial<Record<ServiceName, string>>;
  stop(): void;
}

/** Whether a Docker daemon answers and has the compose command. */
export function hasDocker(): boolean {
  const docker = findProgram('docker');
  return docker !== undefined && isOk(docker, ['info']) && isOk(docker, ['compose', 'version']);
}

/** Starts services of infra/compose.yaml with their ports on 127.0.0.1; their data lie in this folder's own volumes. */
export async function startInDocker(folder: DataFolder, names: readonly ServiceName[]): Promise<DockerServices> {
  const ports = folder.remembered.ports;
  for (const name of names) ports[name] = await freePort(ports[name]);
  folder.save();
  const project = `trunkline-${createHash('sha256').update(folder.path).digest('hex').slice(0, 8)}`;
  const files = ['compose.yaml', 'compose.local.yaml'].flatMap((file) => ['-f', join(repositoryRoot, 'infra', file)]);
  const env = { ...process.env, ...Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_PORT`, String(ports[name])])) };
  const compose = (...args: string[]): number | null =>
    spawnSync('docker', ['compose', '-p', project, ...files, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status;
  if (compose('up', '-d', '--wait', ...names) !== 0) throw new Error('docker compose could not start the services; its messages are above.');
  const all: Record<ServiceName, string> = {
    postgres: `postgres://trunkline:trunkline@127.0.0.1:${ports.postgres}/trunkline`,
    redis: `redis://127.0.0.1:${ports.redis}`,
    nats: `nats://127.0.0.1:${ports.nats}`,
  };
  return { urls: Object.fromEntries(names.map((name) => [name, all[name]])), stop: () => void compose('stop', ...names) };
}

function isOk(file: string, args: string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}
