import type { DataFolder } from './data-folder.ts';
import { endLeftover } from './process-identity.ts';

/** The order in which backing services stop. */
export const backingNames = ['nats', 'redis', 'postgres'] as const;
/** SIGINT is Postgres' fast shutdown: it ends sessions instead of waiting for them. */
export const stopSignals = { nats: 'SIGTERM', redis: 'SIGTERM', postgres: 'SIGINT' } as const;
export const backingGraceMs = 60_000;
const serverGraceMs = 30_000;

/**
 * Ends every process that services.json knows: servers first, so that they finish what they hold, then broker,
 * Redis and Postgres. For what a killed start left behind, and for a stop in the middle of a start.
 */
export async function endProcesses(folder: DataFolder): Promise<void> {
  const known = folder.remembered.processes;
  const servers = Object.keys(known).filter((name) => !(backingNames as readonly string[]).includes(name));
  await Promise.all(servers.map(async (name) => known[name] && (await endLeftover(known[name], 'SIGTERM', serverGraceMs))));
  for (const name of backingNames) if (known[name]) await endLeftover(known[name], stopSignals[name], backingGraceMs);
  folder.remembered.processes = {};
  folder.save();
}
