import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { firstIdAt } from '@trunkline/kernel';
import type { Database } from '../src/database.js';
import { PARTITION_DAYS_AHEAD } from '../src/migrate.js';
import { DAILY_TABLES, dropOldPartitions, ensurePartitions, partitionsOf } from '../src/partitions.js';
import { startDatabase } from './postgres.js';

const DAY_MS = 86_400_000;
let db: Database;
let stop: () => Promise<void>;
beforeAll(async () => ({ db, stop } = await startDatabase()), 60_000);
afterAll(() => stop());

const dayStart = (offset: number): number => (Math.floor(Date.now() / DAY_MS) + offset) * DAY_MS;
const nameOf = (table: string, offset: number): string => `${table}_p${new Date(dayStart(offset)).toISOString().slice(0, 10).replaceAll('-', '')}`;
const insertInbound = (id: string, state: string) =>
  db.query(
    `INSERT INTO federation.inbound (id, activity_type, actor_uri, signer_host, body, state) VALUES ($1, 'Like', 'a', 'h', '{}', $2)
     RETURNING tableoid::regclass::text AS place`,
    [id, state],
  );

test('migrating makes yesterday, today and some days ahead for every table; again makes none', async () => {
  for (const table of DAILY_TABLES) {
    expect(await partitionsOf(db, table)).toEqual(Array.from({ length: PARTITION_DAYS_AHEAD + 2 }, (_, index) => nameOf(table, index - 1)));
  }
  expect(await ensurePartitions(db, PARTITION_DAYS_AHEAD)).toBe(0);
});

test('the first and the last id of a day fall into its partition', async () => {
  expect(await insertInbound(firstIdAt(dayStart(0)), 'applied')).toEqual([{ place: nameOf('federation.inbound', 0) }]);
  expect(await insertInbound(String(BigInt(firstIdAt(dayStart(1))) - 1n), 'applied')).toEqual([{ place: nameOf('federation.inbound', 0) }]);
  expect(await insertInbound(firstIdAt(dayStart(1)), 'applied')).toEqual([{ place: nameOf('federation.inbound', 1) }]);
});

test('several leaders make the same days at once, and rows that came too early move along', async () => {
  const id = firstIdAt(dayStart(9) + 5);
  expect(await insertInbound(id, 'stored')).toEqual([{ place: 'federation.inbound_default' }]);
  const made = await Promise.all([ensurePartitions(db, 9), ensurePartitions(db, 9), ensurePartitions(db, 9)]);
  expect(made.reduce((sum, count) => sum + count, 0)).toBe((9 - PARTITION_DAYS_AHEAD) * DAILY_TABLES.length);
  expect(await db.query('SELECT tableoid::regclass::text AS place FROM federation.inbound WHERE id = $1', [id])).toEqual([
    { place: nameOf('federation.inbound', 9) },
  ]);
});

test('days that nobody made while the leader was away are made afterwards', async () => {
  const id = firstIdAt(dayStart(-5) + 1);
  expect(await insertInbound(id, 'applied')).toEqual([{ place: 'federation.inbound_default' }]);
  expect(await ensurePartitions(db, 9)).toBe(1);
  expect(await db.query('SELECT id FROM federation.inbound_default')).toEqual([]);
});

test('old days go, except one that holds something unfinished', async () => {
  for (const offset of [-30, -29]) {
    await db.query('SELECT events.ensure_partition($1, $2::date)', ['federation.inbound', new Date(dayStart(offset))]);
  }
  await insertInbound(firstIdAt(dayStart(-30) + 1), 'applied');
  await insertInbound(firstIdAt(dayStart(-29) + 1), 'stored');
  expect(await dropOldPartitions(db)).toEqual([nameOf('federation.inbound', -30)]);
  expect(await partitionsOf(db, 'federation.inbound')).toContain(nameOf('federation.inbound', -29));
  await db.query(`UPDATE federation.inbound SET state = 'dead' WHERE id = $1`, [firstIdAt(dayStart(-29) + 1)]);
  expect(await dropOldPartitions(db)).toEqual([nameOf('federation.inbound', -29)]);
});

test('the body of a delivery that still waits is kept', async () => {
  await db.query('SELECT events.ensure_partition($1, $2::date)', ['federation.delivery_bodies', new Date(dayStart(-40))]);
  const bodyId = firstIdAt(dayStart(-40) + 1);
  await db.query(`INSERT INTO federation.delivery_bodies (id, activity_id, sender_account_id, body) VALUES ($1, 'x', 1, '{}')`, [bodyId]);
  await db.query(
    `INSERT INTO federation.delivery_retries (id, body_id, inbox, host, not_before) VALUES ($1, $2, 'i', 'h', now())`,
    [firstIdAt(dayStart(0) + 7), bodyId],
  );
  expect(await dropOldPartitions(db)).toEqual([]);
  await db.query(`UPDATE federation.delivery_retries SET state = 'done'`);
  expect(await dropOldPartitions(db)).toEqual([nameOf('federation.delivery_bodies', -40)]);
});

test('no other table can be dropped through the function, and no day that is kept', async () => {
  const drop = (parent: string, child: string) => db.query('SELECT events.drop_partition($1, $2, now()::date) AS dropped', [parent, child]);
  await expect(drop('social.accounts', 'social.accounts_p20200101')).rejects.toMatchObject({ code: 'P0002' });
  expect(await drop('federation.inbound', 'federation.receipts')).toEqual([{ dropped: false }]);
  expect(await drop('federation.inbound', nameOf('federation.inbound', 2))).toEqual([{ dropped: false }]);
});
