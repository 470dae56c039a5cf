import type { Queryable } from '../database.js';

/** How far the clock of the process that named an event may be off. */
const CLOCK_SLACK_MS = 86_400_000;

/** Notes that the group's effect of these events is done: in the effect's transaction, or after a Redis effect. */
export async function markDone(db: Queryable, consumer: string, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return;
  await db.query('INSERT INTO events.done (event_id, consumer) SELECT event_id, $2 FROM unnest($1::uuid[]) AS t (event_id)', [
    eventIds,
    consumer,
  ]);
}

/** Those of the events whose effect the group has done already. */
export async function alreadyDone(db: Queryable, consumer: string, eventIds: readonly string[]): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set();
  const rows = await db.query<{ event_id: string }>(
    `SELECT DISTINCT event_id FROM events.done
      WHERE event_id = ANY($1::uuid[]) AND consumer = $2 AND done_at >= $3
      LIMIT $4`,
    [eventIds, consumer, earliest(eventIds), eventIds.length],
  );
  return new Set(rows.map((row) => row.event_id));
}

/**
 * For effects that are rows in the same transaction: marks the events done and says which were not done
 * before. A second copy with the same event waits until this transaction ends, and then sees it done.
 */
export async function markFirst(tx: Queryable, consumer: string, eventIds: readonly string[]): Promise<Set<string>> {
  const sorted = [...new Set(eventIds)].sort();
  if (sorted.length === 0) return new Set();
  // A lock of the transaction, not of the session: it works behind PgBouncer. The check has to be a statement
  // of its own, to see what was committed while this one waited.
  await tx.query(
    `SELECT count(pg_advisory_xact_lock(hashtextextended($2 || event_id, 0)))
       FROM (SELECT event_id FROM unnest($1::text[]) AS t (event_id) ORDER BY event_id) ids`,
    [sorted, `done ${consumer} `],
  );
  const done = await alreadyDone(tx, consumer, sorted);
  const fresh = sorted.filter((eventId) => !done.has(eventId));
  await markDone(tx, consumer, fresh);
  return new Set(fresh);
}

/** Ids of version 7 hold their time, so that only the days since then need to be searched. */
function earliest(eventIds: readonly string[]): Date {
  const times = eventIds.map((id) => (id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : 0));
  return new Date(Math.max(0, Math.min(...times) - CLOCK_SLACK_MS));
}
