import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FaultProxy } from '../fault-proxy.js';
import type { Backing, StoreName } from './backing.js';

/** Services that posts pass through: their stores can be taken from them. */
export const PARTED = ['api', 'inbox', 'timeline', 'outbox'] as const;

const STORES = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', nats: 'NATS_URL' } as const satisfies Record<StoreName, string>;

/** A proxy before every store for each of the parted services, by `<service> <store>`. */
export async function wallsBefore(backing: Backing): Promise<Map<string, FaultProxy>> {
  const walls = new Map<string, FaultProxy>();
  for (const app of PARTED) {
    for (const store of Object.keys(STORES) as StoreName[]) walls.set(`${app} ${store}`, await FaultProxy.start(Number(new URL(backing.url(store)).port)));
  }
  return walls;
}

/** The stores' addresses of a service that stands behind walls; nothing for one that does not. */
export function behindWalls(app: string, databaseUrl: string, backing: Backing, walls: ReadonlyMap<string, FaultProxy>): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [store, variable] of Object.entries(STORES) as [StoreName, string][]) {
    const wall = walls.get(`${app} ${store}`);
    if (wall === undefined) continue;
    const url = new URL(store === 'postgres' ? databaseUrl : backing.url(store));
    url.port = String(wall.port);
    env[variable] = url.href;
  }
  return env;
}

/** Where it stands by how many minutes the wall clocks of the copies with this number are wrong. */
export const clockFile = (folder: string, copy: number): string => join(folder, `clock-${copy}`);

/** A wall clock that is wrong by the minutes in a file, for one process; its monotonic clock runs as ever. */
export function wrongClock(file: string): Record<string, string> {
  const script = pathToFileURL(join(import.meta.dirname, 'wrong-clock.js')).href;
  return { NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import ${script}`.trim(), WRONG_CLOCK_FILE: file };
}
