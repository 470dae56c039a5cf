import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FaultProxy } from '../fault-proxy.js';
import type { Backing, StoreName } from './backing.js';

/** Services that posts pass through. */
export const ON_THE_WAY: readonly string[] = ['api', 'inbox', 'timeline', 'outbox'];
/** All that have stores, which can be taken from them. */
export const PARTED: readonly string[] = [...ON_THE_WAY, 'streaming', 'moderation', 'media', 'web'];

const STORES = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', nats: 'NATS_URL' } as const satisfies Record<StoreName, string>;

/** Names what stands between one copy of a service and a store. */
export const wallKey = (app: string, copy: number, store: StoreName): string => `${app} ${copy} ${store}`;

/** A proxy before every store for each copy of these services, by `wallKey`. */
export async function wallsBefore(backing: Backing, apps: readonly string[], copies: number): Promise<Map<string, FaultProxy>> {
  const walls = new Map<string, FaultProxy>();
  for (const app of apps) {
    for (let copy = 0; copy < copies; copy += 1) {
      for (const store of Object.keys(STORES) as StoreName[]) walls.set(wallKey(app, copy, store), await FaultProxy.start(Number(new URL(backing.url(store)).port)));
    }
  }
  return walls;
}

/** Which process it is: of which service, the how manyth, and its own address of the database. */
export interface Copy {
  readonly app: string;
  readonly copy: number;
  readonly databaseUrl: string;
}

/** The stores' addresses of a copy that stands behind walls; nothing for one that does not. */
export function behindWalls({ app, copy, databaseUrl }: Copy, backing: Backing, walls: ReadonlyMap<string, FaultProxy>): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [store, variable] of Object.entries(STORES) as [StoreName, string][]) {
    const wall = walls.get(wallKey(app, copy, store));
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
