import type { ConsumerInfo } from '@nats-io/jetstream';
import type { Broker } from './broker.js';
import { streamInfo } from './stream-info.js';

/**
 * Takes away consumers that stand beyond the end of their stream. A broker that could not write the end of a stream (seen
 * with nats-server 2.9.10, killed after its disk was full) numbers what comes next as it did what was lost, and a
 * consumer that was past those numbers never gets it: nothing is pending, nothing is late, nothing happens.
 * @param consumers as they were listed; those that are taken away leave it, and are to be made anew. What they had not
 * handled is announced again from Postgres
 * @returns their names
 */
export async function removeStranded(broker: Broker, stream: string, consumers: Map<string, ConsumerInfo>): Promise<string[]> {
  // Asked after the consumers: whatever they were given until then, the stream had.
  const end = (await streamInfo(broker.manager, stream))?.state.last_seq;
  if (end === undefined) return [];
  const removed: string[] = [];
  for (const { name, delivered } of [...consumers.values()]) {
    if (delivered.stream_seq <= end) continue;
    // Another process may have made it anew since.
    const now = await broker.manager.consumers.info(stream, name).catch(() => null);
    const endNow = (await streamInfo(broker.manager, stream))?.state.last_seq ?? 0;
    if (now === null || now.delivered.stream_seq <= endNow) continue;
    await broker.manager.consumers.delete(stream, name);
    consumers.delete(name);
    removed.push(name);
  }
  if (removed.length > 0) broker.hooks.log('error', 'consumers stood beyond the end of their stream', { stream, end, removed });
  return removed;
}
