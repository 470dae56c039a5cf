import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import type { Database } from '../src/database.js';
import { PersonalReadingStore, type PersonalReading } from '../src/ledger/personal-readings.js';
import { expireReadings } from '../src/ledger/sweeps.js';
import { StandingClock } from './ledger-parts.js';
import { startDatabase } from './postgres.js';

const AMY = snowflake('1');
let db: Database;
let stop: () => Promise<void>;
let clock: StandingClock;
let store: PersonalReadingStore;
beforeAll(async () => {
  ({ db, stop } = await startDatabase());
}, 60_000);
afterAll(() => stop());
beforeEach(async () => {
  clock = new StandingClock();
  store = new PersonalReadingStore(db, clock);
  await db.query('TRUNCATE federation.personal_readings');
});

const now = (): Date => new Date(clock.nowMs());
const askedAt = (host: string, n = 1, domain = host) => ({ uri: `https://${host}/notes/${n}`, authorId: AMY, named: [snowflake('7')], domain });
const claim = (exceptDomains: readonly string[] = []): Promise<PersonalReading[]> => store.claim({ limit: 8, leaseSeconds: 60, exceptDomains });
async function answered(state: 'read' | 'refused' | 'away'): Promise<void> {
  for (const one of await claim()) await store.answer(one, state === 'read' ? { state, document: '{"a":1}' } : { state, reason: 'why' });
}

test('it waits, is handed to one copy, and its document is taken once', async () => {
  const [asked, since] = [askedAt('a.test'), now()];
  expect(await store.take(asked.uri, since)).toEqual({ state: 'none' });
  expect([await store.ask(asked, since), await store.ask(asked, since)]).toEqual([true, false]);
  expect(await store.take(asked.uri, since)).toEqual({ state: 'waiting' });
  const claims = (await Promise.all([claim(), claim()])).flat();
  expect(claims).toEqual([{ ...asked, attempts: 1, begunAt: expect.any(Date) }]);
  await store.answer(claims[0] as PersonalReading, { state: 'read', document: '{"a":"\\u0000"}' });
  expect(await store.take(asked.uri, since)).toEqual({ state: 'read', document: '{"a":"\\u0000"}' });
  expect(await store.take(asked.uri, since)).toEqual({ state: 'none' });
});

test('a copy that was killed is followed by another, and says nothing any more', async () => {
  const asked = askedAt('a.test');
  await store.ask(asked, now());
  const [killed] = await claim();
  expect(await claim()).toEqual([]);
  clock.offsetMs = 61_000;
  const [other] = await claim();
  expect(other).toMatchObject({ attempts: 2 });
  await store.answer(killed as PersonalReading, { state: 'read', document: '{"old":1}' });
  expect(await store.take(asked.uri, new Date(0))).toEqual({ state: 'waiting' });
  await store.answer(other as PersonalReading, { state: 'read', document: '{"new":1}' });
  expect(await store.take(asked.uri, new Date(0))).toEqual({ state: 'read', document: '{"new":1}' });
});

// An Update by address: what was read for the Create does not say it.
test('a document from before what asks for it is read anew', async () => {
  const asked = askedAt('a.test');
  await store.ask(asked, now());
  await answered('read');
  clock.offsetMs = 5;
  const since = new Date(clock.nowMs() + 1_000);
  expect(await store.take(asked.uri, since)).toEqual({ state: 'none' });
  expect(await store.ask(asked, since)).toBe(true);
  expect(await store.take(asked.uri, new Date(0))).toEqual({ state: 'waiting' });
});

test('a refusal counts for what was sent before it, and ten seconds for what comes after; what was away is tried again then', async () => {
  const asked = askedAt('a.test');
  const before = now();
  await store.ask(asked, before);
  await answered('refused');
  clock.offsetMs = 9_000;
  expect(await store.take(asked.uri, now())).toEqual({ state: 'refused', reason: 'why' });
  clock.offsetMs = 11_000;
  expect([await store.take(asked.uri, before), await store.ask(asked, before)]).toEqual([{ state: 'refused', reason: 'why' }, false]);
  expect([await store.take(asked.uri, now()), await store.ask(asked, now())]).toEqual([{ state: 'none' }, true]);
  await answered('away');
  expect([await store.take(asked.uri, before), await store.ask(asked, before)]).toEqual([{ state: 'away', reason: 'why' }, false]);
  clock.offsetMs = 22_000;
  expect([await store.take(asked.uri, before), await store.ask(asked, before)]).toEqual([{ state: 'none' }, true]);
});

test('one of each domain is handed out at a time, and none of those that have enough', async () => {
  for (const [host, n] of [['a.test', 1], ['a.test', 2], ['b.test', 1], ['c.test', 1]] as const) await store.ask(askedAt(host, n), now());
  expect((await claim(['c.test'])).map(({ domain }) => domain).toSorted()).toEqual(['a.test', 'b.test']);
  expect((await claim(['c.test'])).map(({ uri }) => uri)).toEqual(['https://a.test/notes/2']);
});

test('a domain has few places, all together have some more, and what nobody takes goes', async () => {
  const asks: boolean[] = [];
  for (let n = 0; n < 52; n += 1) asks.push(await store.ask(askedAt(`h${n}.flood.test`, n, 'flood.test'), now()));
  expect(asks.filter(Boolean)).toHaveLength(50);
  expect(await store.ask(askedAt('b.test'), now())).toBe(true);
  await db.query(`INSERT INTO federation.personal_readings (uri, author_id, named, domain, not_before, asked_at)
    SELECT 'https://x.test/' || n, 1, '{}', 'd' || n || '.test', now(), now() FROM generate_series(1, 949) AS n`);
  expect(await store.ask(askedAt('c.test'), now())).toBe(false);
  clock.offsetMs = 3_700_000;
  expect(await expireReadings(db, clock)).toBe(1_000);
  expect(await store.ask(askedAt('c.test'), now())).toBe(true);
});

test('an address that no index could hold, or with a zero in it, is none', async () => {
  expect(await store.ask({ ...askedAt('a.test'), uri: `https://a.test/${'x'.repeat(2_048)}` }, now())).toBe(false);
  expect(await store.ask({ ...askedAt('a.test'), uri: 'https://a.test/\0' }, now())).toBe(false);
});

test('readers are those named and followers in turns: of this server, living, and with no block between', async () => {
  const ids = (names: string) => [...names].map((name) => snowflake(String(100 + name.charCodeAt(0))));
  const [amy, ...people] = ids('abcdefghij');
  const [named, followers] = [ids('bcdj'), ids('defghi')];
  await db.query(
    `INSERT INTO social.accounts (id, username, domain, uri, url, inbox_url, suspended_at, deleted_at)
     SELECT id, 'u' || id, CASE WHEN id = $1 OR id = $5 THEN 'away.example' END, 'https://x.test/' || id, 'https://x.test/', '', CASE WHEN id = $3 THEN now() END, CASE WHEN id = $4 THEN now() END
       FROM unnest($2::bigint[]) AS g (id)`,
    [amy, [amy, ...people], ...ids('efj')],
  );
  await db.query(`INSERT INTO social.follows (id, account_id, target_account_id) SELECT 1000 + id, id, $1 FROM unnest($2::bigint[]) AS g (id)`, [amy, followers]);
  const [b, c, d, g, h, i] = ids('bcdghi');
  await db.query('INSERT INTO social.blocks (id, account_id, target_account_id) VALUES (1, $1, $2), (2, $2, $3)', [c, amy, i]);
  expect(await store.readersOf({ authorId: amy ?? AMY, named }, 8)).toEqual([b, g, d, h]);
});
