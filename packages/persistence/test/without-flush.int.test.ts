import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database, Queryable } from '../src/database.js';
import { alreadyDone, markDone, markDoneSoon, unnoted } from '../src/ledger/done.js';
import { DoneMarks } from '../src/ledger/done-marks.js';
import { newEventId } from '../src/ledger/event-id.js';
import { startDatabase } from './postgres.js';

let db: Database;
let stop: () => Promise<void>;
beforeAll(async () => {
  // One connection: what a statement leaves behind, the next one meets.
  ({ db, stop } = await startDatabase(1));
  await db.query('SET synchronous_commit = on');
});
afterAll(() => stop());

const markSoon = (on: Queryable, consumer: string, eventIds: readonly string[]): Promise<void> => markDoneSoon(on, eventIds.map((eventId) => ({ eventId, consumer })));

/** Whether a mark is answered before its log is safe on the disk. */
async function isUnflushed(mark: (db: Queryable, consumer: string, eventIds: readonly string[]) => Promise<void>): Promise<boolean> {
  const before = await db.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
  await mark(db, 'fan-out', [newEventId()]);
  const [row] = await db.query<{ late: boolean }>('SELECT pg_current_wal_flush_lsn() < $1::pg_lsn + 1 AS late', [before[0]?.lsn]);
  return row?.late ?? false;
}
async function unflushedOf(times: number, mark: Parameters<typeof isUnflushed>[0]): Promise<number> {
  let found = 0;
  for (let n = 0; n < times; n++) if (await isUnflushed(mark)) found++;
  return found;
}

test('a mark whose effect may come again does not wait for the disk; any other one does', async () => {
  expect(await unflushedOf(20, markDone)).toBe(0);
  // Others of the same Postgres flush its log too, and so does its writer five times a second.
  expect(await unflushedOf(40, markSoon)).toBeGreaterThan(0);
});

test('it is there for all to see at once, and the connection waits for the disk again afterwards', async () => {
  const eventId = newEventId();
  await markSoon(db, 'fan-out', [eventId]);
  expect(await alreadyDone(db, 'fan-out', [eventId])).toEqual(new Set([eventId]));
  expect(await db.query('SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
});

test('which marks are missing is told by their places', async () => {
  const [done, open] = [newEventId(), newEventId()];
  await markSoon(db, 'fan-out', [done]);
  const marks = [{ eventId: open, consumer: 'fan-out' }, { eventId: done.toUpperCase(), consumer: 'fan-out' }, { eventId: done, consumer: 'notify' }];
  expect(await unnoted(db, marks)).toEqual(new Set([0, 2]));
  expect(await unnoted(db, [])).toEqual(new Set());
});

test('a mark that a crash of Postgres forgot is there again soon after', async () => {
  const marks = new DoneMarks(db);
  const [lost, kept] = [newEventId(), newEventId()];
  await marks.mark('fan-out', [lost]);
  await sleep(100);
  await marks.mark('fan-out', [kept]);
  // As the crash would: the test's Postgres may be everybody's, and is not to be stopped.
  await db.query('DELETE FROM events.done WHERE event_id = $1', [lost]);
  for (let tries = 0; tries < 100 && (await unnoted(db, [{ eventId: lost, consumer: 'fan-out' }])).size > 0; tries += 1) await sleep(100);
  expect(await db.query('SELECT count(*)::int AS rows FROM events.done WHERE event_id = ANY($1)', [[lost, kept]])).toEqual([{ rows: 2 }]);
});
