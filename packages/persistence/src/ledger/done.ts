import type { Queryable } from '../database.js';
import { WITHOUT_FLUSH } from './without-flush.js';

/** How far the clock of the process that named an event may be off. */
const CLOCK_SLACK_MS = 86_400_000;

/** That a group of consumers has done an event. */
export interface DoneMark {
  readonly eventId: string;
  readonly consumer: string;
}

const INSERT = 'INSERT INTO events.done (event_id, consumer) SELECT event_id, consumer FROM unnest($1::uuid[], $2::text[]) AS t (event_id, consumer)';

/** Notes that the group's effect of these events is done: in the transaction of the effect, with which it lasts or goes. */
export async function markDone(db: Queryable, consumer: string, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length > 0) await db.query(INSERT, [eventIds, eventIds.map(() => consumer)]);
}

/** The same after an effect outside of this transaction, or where there is none, for several groups at once: a crash of Postgres may forget it, and the effect comes a second time. `DoneMarks` sees to it that it does not. */
export async function markDoneSoon(db: Queryable, marks: readonly DoneMark[]): Promise<void> {
  if (marks.length > 0) await db.query(`${INSERT} WHERE ${WITHOUT_FLUSH}`, [marks.map(({ eventId }) => eventId), marks.map(({ consumer }) => consumer)]);
}

/** Of which marks there is nothing in the table: their places in the list. */
export async function unnoted(db: Queryable, marks: readonly DoneMark[]): Promise<Set<number>> {
  if (marks.length === 0) return new Set();
  const eventIds = marks.map(({ eventId }) => eventId);
  const rows = await db.query<{ place: number }>(
    `SELECT (t.place - 1)::int AS place
       FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS t (event_id, consumer, place)
      WHERE NOT EXISTS (SELECT FROM events.done d WHERE d.event_id = t.event_id AND d.consumer = t.consumer AND d.done_at >= $3)`,
    [eventIds, marks.map(({ consumer }) => consumer), earliest(eventIds)],
  );
  return new Set(rows.map(({ place }) => place));
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

/** Nothing is announced a second time so soon after it happened. */
const TOLD_ONCE_MS = 30_000;

/**
 * For effects that are rows nowhere, and cost much: those of the events whose effect the group has done already, among those that may have been announced before.
 * An event is announced again as long as any group has not done it, to all of them. Of what just happened nothing is asked.
 */
export const doneBefore = (db: Queryable, consumer: string, eventIds: readonly string[], nowMs: number): Promise<Set<string>> =>
  alreadyDone(db, consumer, eventIds.filter((id) => timeOf(id) < nowMs - TOLD_ONCE_MS));

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

/** Since when these may have been done: ids of version 7 hold their time, so that only the days since then need to be searched. */
export function earliest(eventIds: readonly string[]): Date {
  const times = eventIds.map(timeOf);
  return new Date(times.length === 0 ? 0 : Math.max(0, Math.min(...times) - CLOCK_SLACK_MS));
}

/** 0: the id does not say. */
const timeOf = (eventId: string): number => (eventId[14] === '7' ? Number.parseInt(eventId.slice(0, 8) + eventId.slice(9, 13), 16) : 0);
