import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Database } from '../src/database.js';
import { GroupCommit } from '../src/ledger/group-commit.js';
import { InboundStore } from '../src/ledger/inbound.js';
import type { NewInbound } from '../src/ledger/inbound-rows.js';
import { RemoteKeyStore } from '../src/ledger/remote-keys.js';
import { expireKeys, expireReceipts, ringOverdueInbound } from '../src/ledger/sweeps.js';
import { MovableClock, testIds } from './ledger-parts.js';
import { startDatabase } from './postgres.js';

const ids = testIds();
let db: Database;
let stop: () => Promise<void>;
let clock: MovableClock;
let store: InboundStore;
beforeAll(async () => ({ db, stop } = await startDatabase()), 60_000);
afterAll(() => stop());
beforeEach(async () => {
  await db.query('TRUNCATE federation.inbound, federation.receipts');
  clock = new MovableClock();
  store = new InboundStore(db, clock);
});

const inbound = (change: Partial<NewInbound> = {}): NewInbound => ({
  id: ids.next(),
  activityId: 'https://remote.example/activities/1',
  activityType: 'Create',
  actorUri: 'https://remote.example/users/ann',
  signerHost: 'remote.example',
  body: '{"type":"Create"}',
  trace: null,
  signatureHash: ids.next(),
  ...change,
});

test('an exact repeat of a Create is a duplicate: in the group, in a later group, in two at once', async () => {
  const rows = [inbound(), inbound(), inbound({ activityId: 'https://remote.example/activities/2' })];
  expect(await store.accept(rows)).toEqual([
    { id: rows[0]?.id, duplicate: false },
    { id: rows[1]?.id, duplicate: true },
    { id: rows[2]?.id, duplicate: false },
  ]);
  expect((await store.accept([inbound()]))[0]?.duplicate).toBe(true);
  const fresh = 'https://remote.example/activities/3';
  const answers = await Promise.all(Array.from({ length: 8 }, () => store.accept([inbound({ activityId: fresh })])));
  expect(answers.flat().filter((answer) => !answer.duplicate)).toHaveLength(1);
});

// Misskey reuses the id of a Follow; Mastodon's Add and Remove have none; another host's signature proves nothing.
test.each([
  ['a Follow', { activityType: 'Follow' }],
  ['an Undo', { activityType: 'Undo' }],
  ['a Create without id', { activityId: null }],
])('%s passes again in a request of its own', async (_name, change) => {
  const answers = [...(await store.accept([inbound(change), inbound(change)])), ...(await store.accept([inbound(change)]))];
  expect(answers.every((answer) => !answer.duplicate)).toBe(true);
});

// S036: the signature is that of the request, byte for byte.
test.each([['a Follow', { activityType: 'Follow' }], ['an Add without id', { activityType: 'Add', activityId: null }]])('%s in the same signed request is a repeat, for two days', async (_name, change) => {
  const again = () => inbound({ ...change, signatureHash: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg' });
  const answers = [...(await store.accept([again(), again()])), ...(await store.accept([again()]))];
  expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, true, true]);
  clock.offsetMs = 47 * 3_600_000;
  await expireReceipts(db, clock);
  expect((await store.accept([again()]))[0]?.duplicate).toBe(true);
});

test('the same id signed by another host is no repeat', async () => {
  await store.accept([inbound()]);
  expect((await store.accept([inbound({ signerHost: 'other.example' })]))[0]?.duplicate).toBe(false);
});

test('S021 S241 the same id of a neighbour is no repeat: whoever sends it ahead keeps nothing away', async () => {
  const neighbour = { actorUri: 'https://remote.example/users/ned' };
  expect((await store.accept([inbound(neighbour), inbound()])).map(({ duplicate }) => duplicate)).toEqual([false, false]);
  expect((await store.accept([inbound(neighbour), inbound()])).map(({ duplicate }) => duplicate)).toEqual([true, true]);
});

test('receipts are forgotten after two days, the row never by that', async () => {
  await store.accept([inbound()]);
  clock.offsetMs = 47 * 3_600_000;
  expect(await expireReceipts(db, clock)).toBe(0);
  clock.offsetMs = 49 * 3_600_000;
  expect(await expireReceipts(db, clock)).toBe(1);
  expect((await store.accept([inbound()]))[0]?.duplicate).toBe(false);
});

test('S084 a long body of what is ignored is not kept; one that is applied, or short, is', async () => {
  // What compresses well takes no place: this does not.
  const long = JSON.stringify({ noise: randomBytes(100_000).toString('base64') });
  const rows = [long, long, '{"type":"Like"}', long].map((body, at) => inbound({ activityId: `https://remote.example/long/${at}`, body }));
  await store.accept(rows);
  const [applied, ignored, short, alone] = rows.map(({ id }) => id);
  if (applied === undefined || ignored === undefined || short === undefined || alone === undefined) throw new Error('rows');
  await db.transaction((tx) => store.settleIn(tx, [{ id: applied, reason: null }, { id: ignored, reason: 'not_relevant' }, { id: short, reason: 'not_relevant' }]));
  await store.markIgnored(alone, 'not_relevant');
  const kept = await db.query<{ length: number }>('SELECT length(body)::int AS length FROM federation.inbound ORDER BY id');
  expect(kept.map(({ length }) => length)).toEqual([long.length, 0, 15, 0]);
});

test('S045 keys of nobody who is known here are forgotten after a week, those of accounts never', async () => {
  const keys = new RemoteKeyStore(db, clock);
  const known = { keyId: 'https://remote.example/users/ann#main-key', ownerUri: 'https://remote.example/users/ann', publicKeyPem: 'pem' };
  const strange = { ...known, keyId: 'https://remote.example/made-up#main-key', ownerUri: 'https://remote.example/made-up' };
  for (const key of [known, strange]) await keys.put(key);
  await db.query(`INSERT INTO social.accounts (id, username, domain, uri, url, inbox_url, created_at) VALUES (7, 'ann', 'remote.example', $1, $1, $1, now())`, [known.ownerUri]);
  expect(await expireKeys(db, clock)).toBe(0);
  clock.offsetMs = 8 * 24 * 3_600_000;
  expect(await expireKeys(db, clock)).toBe(1);
  expect([...(await keys.get([known.keyId, strange.keyId])).keys()]).toEqual([known.keyId]);
});

// One such row must not fail the forty-nine that are written with it.
test('NUL characters, very long ids and lone surrogates fail no group', async () => {
  const odd = [
    inbound({ activityId: `https://remote.example/${'x'.repeat(100_000)}` }),
    inbound({ activityId: 'https://remote.example/\u0000', body: '{"a":"\u0000"}' }),
    inbound({ activityId: 'https://remote.example/\ud800' }),
    inbound({ activityId: 'https://remote.example/fine' }),
  ];
  const answers = await store.accept(odd);
  expect(answers.map((answer) => answer.duplicate)).toEqual([false, false, false, false]);
  expect((await store.accept([inbound({ activityId: odd[0]?.activityId ?? null })]))[0]?.duplicate).toBe(true);
});

test('overlapping groups in opposite orders block nobody', async () => {
  const uri = (n: number) => `https://remote.example/many/${n}`;
  const group = (numbers: number[]) => numbers.map((n) => inbound({ activityId: uri(n) }));
  const up = Array.from({ length: 50 }, (_, n) => n);
  const answers = await Promise.all([...Array(6).keys()].map((n) => store.accept(group(n % 2 === 0 ? up : up.toReversed()))));
  expect(answers.flat().filter((answer) => !answer.duplicate)).toHaveLength(50);
});

test('receivers share statements through a group commit', async () => {
  let statements = 0;
  const commit = new GroupCommit((rows: readonly NewInbound[]) => {
    statements += 1;
    return store.accept(rows);
  });
  const answers = await Promise.all([...Array(200).keys()].map((n) => commit.submit(inbound({ activityId: `https://remote.example/g/${n}` }))));
  expect(answers.filter((answer) => !answer.duplicate)).toHaveLength(200);
  expect(statements).toBeLessThan(12);
});

test('a row is applied once, in the transaction of its effects', async () => {
  const [first, second] = [inbound({ activityType: 'Like' }), inbound({ activityType: 'Like' })];
  await store.accept([second, first]);
  expect((await store.loadWaiting([second.id, first.id])).map((row) => row.id)).toEqual([first.id, second.id]);
  const failing = db.transaction(async (tx) => {
    await store.settleIn(tx, [{ id: first.id, reason: null }]);
    throw new Error('the effect failed');
  });
  await expect(failing).rejects.toThrow('the effect failed');
  const settled = [{ id: second.id, reason: 'not_relevant' }, { id: first.id, reason: null }];
  await db.transaction((tx) => store.settleIn(tx, settled));
  // A second copy, which comes late, changes nothing any more.
  await db.transaction((tx) => store.settleIn(tx, settled.map(({ id }) => ({ id, reason: 'late' }))));
  expect(await store.loadWaiting([first.id, second.id])).toEqual([]);
  const rows = await db.query<{ state: string; reason: string | null }>('SELECT state, reason FROM federation.inbound WHERE id = ANY($1) ORDER BY id', [[first.id, second.id]]);
  expect(rows).toEqual([{ state: 'applied', reason: null }, { state: 'ignored', reason: 'not_relevant' }]);
});

test('retry, overdue, dead and replay', async () => {
  const row = inbound();
  await store.accept([row]);
  expect(await store.overdueIds(30, 10)).toEqual([]);
  expect(await store.retryLater(row.id, 'remote gone', 60_000)).toBe(1);
  clock.offsetMs = 80_000;
  expect(await store.overdueIds(30, 10)).toEqual([]);
  expect(await store.oldestWaitingSeconds()).toBeGreaterThanOrEqual(80);
  clock.offsetMs = 95_000;
  const rung: string[][] = [];
  const count = await ringOverdueInbound(store, async (due) => void rung.push([...due]), { olderThanSeconds: 30, limit: 10, ringMax: 100 });
  expect([count, rung]).toEqual([1, [[row.id]]]);
  // Whoever had it in hand before it was replayed gives up what was replayed in vain.
  await store.markDead(row.id, 'a try of long ago', 7);
  expect(await store.deadCount()).toBe(0);
  await store.markDead(row.id, `too often ${'.'.repeat(5_000)}`, 1);
  const [dead] = await store.deadPage({ limit: 10 });
  expect(dead).toMatchObject({ id: row.id, attempts: 1, activityType: 'Create' });
  expect(dead?.reason).toHaveLength(1_000);
  expect(await store.replayDead([row.id])).toEqual([row.id]);
  expect(await store.replayDead([row.id])).toEqual([]);
  expect((await store.loadWaiting([row.id]))[0]?.attempts).toBe(0);
  await store.markIgnored(row.id, 'nothing to do');
  expect(await store.oldestWaitingSeconds()).toBe(0);
});

test('what is late is noted, held by whoever noted it, and counted each time that it is begun', async () => {
  const [late, fresh] = [inbound({ activityId: null }), inbound({ activityId: null })];
  await store.accept([late]);
  clock.offsetMs += 9_500;
  await store.accept([fresh]);
  const ids = [late.id, fresh.id];
  expect((await store.loadWaiting(ids)).map(({ isLate, begun }) => [isLate, begun])).toEqual([[true, 0], [false, 0]]);
  expect(await store.noteLate([late.id], 20_000)).toEqual([late.id]);
  // Another copy: it is neither noted nor loaded twice, and nobody rings for it.
  expect(await store.noteLate([late.id], 20_000)).toEqual([]);
  expect((await store.loadWaiting(ids)).map(({ id }) => id)).toEqual([fresh.id]);
  clock.offsetMs += 21_000;
  expect((await store.loadWaiting([late.id])).map(({ begun }) => begun)).toEqual([1]);
  expect(await store.begin(late.id, 60_000)).toBe(2);
  expect(await store.loadWaiting([late.id])).toEqual([]);
  // It came to an end in order, and waits for its next try.
  await store.retryLater(late.id, 'away', 0);
  expect((await store.loadWaiting([late.id])).map(({ begun, attempts }) => [begun, attempts])).toEqual([[0, 1]]);
  await store.markApplied(ids);
  expect(await store.begin(late.id, 60_000)).toBeNull();
});

// A Follow and its Undo that two copies have in hand must not swap.
test('an earlier activity about ties of the same actor is seen while it waits', async () => {
  const rows = ['Follow', 'Create', 'Undo'].map((activityType) => inbound({ activityType, activityId: null }));
  const [follow, create, undo] = rows;
  if (follow === undefined || create === undefined || undo === undefined) throw new Error('no rows');
  await store.accept(rows);
  expect(await store.earlierTie(follow, [])).toBe('none');
  expect(await store.earlierTie(undo, [])).toBe('underway');
  expect(await store.earlierTie(undo, [follow.id])).toBe('none');
  expect(await store.earlierTie({ ...undo, actorUri: 'https://remote.example/users/bob' }, [])).toBe('none');
  // S013: by another server it may be made up.
  expect(await store.earlierTie({ ...undo, signerHost: 'evil.example' }, [])).toBe('none');
  expect(await store.behindTies([{ ...undo, signerHost: 'evil.example' }], [])).toEqual(new Set());
  expect(await store.behindTies([undo], [])).toEqual(new Set([undo.id]));
  await store.retryLater(follow.id, 'away', 60_000);
  expect(await store.earlierTie(undo, [])).toBe('failed');
  await store.markApplied([follow.id]);
  expect(await store.earlierTie(undo, [])).toBe('none');
});

test('S084 of large rows a batch loads a few at once, the first whatever its size', async () => {
  const large = 'x'.repeat(3 * 1_048_576);
  const rows = Array.from({ length: 5 }, (_, n) => inbound({ activityId: `https://remote.example/activities/large${n}`, body: JSON.stringify({ n, large }), signatureHash: `large${n}` }));
  await store.accept(rows);
  const wanted = rows.map(({ id }) => id);
  const loaded: number[] = [];
  for (let left = wanted; left.length > 0; ) {
    const some = await store.loadWaiting(left);
    loaded.push(some.length);
    left = left.slice(some.length);
  }
  expect(loaded).toEqual([3, 2]);
  const huge = inbound({ activityId: 'https://remote.example/activities/huge', body: JSON.stringify({ huge: large.repeat(3) }), signatureHash: 'huge' });
  await store.accept([huge]);
  expect((await store.loadWaiting([huge.id])).map(({ body }) => body.length)).toEqual([huge.body.length]);
});
