import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database, Queryable } from '../src/database.js';
import { alreadyDone, markDone, markDoneSoon } from '../src/ledger/done.js';
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
