import type { Queryable } from '../database.js';

/** What waits, for `queue status` and health pages. Counts of everything; not for hot paths. */
export interface QueueStatus {
  readonly inboundWaiting: number;
  readonly inboundDead: number;
  readonly eventsUnpublished: number;
  readonly eventsUnsettled: number;
  readonly lettersDead: number;
  readonly chunksPending: number;
  readonly retriesPending: number;
  readonly deliveriesDead: number;
  readonly hostsPaused: number;
}

export async function queueStatus(db: Queryable): Promise<QueueStatus> {
  const [row] = await db.query<QueueStatus & Record<string, unknown>>(`
    SELECT
      (SELECT count(*)::int FROM federation.inbound WHERE state = 'stored') AS "inboundWaiting",
      (SELECT count(*)::int FROM federation.inbound WHERE state = 'dead') AS "inboundDead",
      (SELECT count(*)::int FROM events.outbox WHERE published_at IS NULL) AS "eventsUnpublished",
      (SELECT count(*)::int FROM events.outbox WHERE settled_at IS NULL) AS "eventsUnsettled",
      (SELECT count(*)::int FROM events.dead WHERE replayed_at IS NULL) AS "lettersDead",
      (SELECT count(*)::int FROM federation.delivery_chunks WHERE state = 'pending') AS "chunksPending",
      (SELECT count(*)::int FROM federation.delivery_retries WHERE state = 'pending') AS "retriesPending",
      (SELECT count(*)::int FROM federation.delivery_retries WHERE state = 'dead') AS "deliveriesDead",
      (SELECT count(*)::int FROM federation.hosts WHERE unavailable_since IS NOT NULL OR paused_until > now()) AS "hostsPaused"`);
  if (row === undefined) throw new Error('counting queues gave no row');
  return row;
}
