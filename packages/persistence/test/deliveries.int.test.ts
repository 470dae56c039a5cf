import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { HEALTHY_HOST, nextHostState, type HostState } from '@trunkline/domain';
import { snowflake, type Snowflake } from '@trunkline/kernel';
import type { Database } from '../src/database.js';
import { DeliveryStore, type ChunkFailure } from '../src/ledger/deliveries.js';
import { DeliveryPlans, type PlannedDelivery } from '../src/ledger/delivery-plans.js';
import { HostStore } from '../src/ledger/hosts.js';
import { queueStatus } from '../src/ledger/queue-status.js';
import { RemoteKeyStore } from '../src/ledger/remote-keys.js';
import { MovableClock, testIds } from './ledger-parts.js';
import { startDatabase } from './postgres.js';

let db: Database;
let stop: () => Promise<void>;
let clock: MovableClock;
let store: DeliveryStore;
let plans: DeliveryPlans;
beforeAll(async () => ({ db, stop } = await startDatabase()), 60_000);
afterAll(() => stop());
beforeEach(async () => {
  await db.query('TRUNCATE federation.delivery_bodies, federation.delivery_chunks, federation.delivery_retries, federation.hosts');
  clock = new MovableClock();
  const ids = testIds();
  store = new DeliveryStore(db, ids, clock);
  plans = new DeliveryPlans(ids, clock);
});

const inboxes = (count: number): string[] => Array.from({ length: count }, (_, n) => `https://r${n}.example/inbox?a="b",{${n}}`);
const planAll = (deliveries: readonly PlannedDelivery[], chunkSize?: number): Promise<number> =>
  db.transaction(async (tx) => {
    const turn = await plans.begin(tx, deliveries.flatMap(({ orderKey }) => orderKey ?? []));
    return plans.write(tx, turn, { deliveries, ...(chunkSize === undefined ? {} : { chunkSize }) });
  });
const plan = (count: number, chunkSize?: number): Promise<number> =>
  planAll([{ activityId: 'https://us.example/a/1', senderAccountId: snowflake('7'), body: '{"id":"1"}', trace: 't', inboxes: inboxes(count) }], chunkSize);
const finish = (id: Snowflake, failures: readonly ChunkFailure[], waiting: readonly string[] = []): Promise<Snowflake[]> =>
  store.settleChunks([{ id, waiting, failures }], 60);
const failure = (inbox: string, waitMs: number | null) => ({
  inbox,
  host: new URL(inbox).host,
  status: 502,
  reason: 'bad gateway',
  notBefore: waitMs === null ? null : new Date(clock.nowMs() + waitMs),
});

// Nothing, one, a full chunk, one more: where a split goes wrong.
test.each([
  [0, 0],
  [1, 1],
  [100, 1],
  [101, 2],
])('%i inboxes make %i chunks', async (count, chunks) => {
  expect(await plan(count)).toBe(chunks);
  const claimed = await store.claimChunks(10, 60);
  expect(claimed.flatMap((chunk) => chunk.inboxes)).toEqual(inboxes(count));
  if (count > 0) expect(claimed[0]).toMatchObject({ activityId: 'https://us.example/a/1', senderAccountId: '7', body: '{"id":"1"}', trace: 't', attempts: 1 });
});

test('workers that claim at once never hold the same chunk; a dead worker loses it with its lease', async () => {
  await plan(40, 2);
  const claims = await Promise.all([1, 2, 3, 4].map(() => store.claimChunks(8, 60)));
  const chunkIds = claims.flat().map((chunk) => chunk.id);
  expect(new Set(chunkIds).size).toBe(chunkIds.length);
  while ((await store.claimChunks(8, 60)).length > 0);
  clock.offsetMs = 61_000;
  expect((await store.claimChunks(100, 60)).map((chunk) => chunk.attempts)).toEqual(Array(20).fill(2));
});

test('the happy path costs no row an inbox; a failure costs one, though the chunk is finished twice', async () => {
  await plan(3);
  const [chunk] = await store.claimChunks(1, 60);
  if (chunk === undefined) throw new Error('no chunk');
  const failures = [failure(chunk.inboxes[0] ?? '', 60_000), failure(chunk.inboxes[1] ?? '', null)];
  const finished = await Promise.all([finish(chunk.id, failures), finish(chunk.id, failures)]);
  expect(finished.flat()).toEqual([chunk.id]);
  expect(await queueStatus(db)).toMatchObject({ chunksPending: 0, retriesPending: 1, deliveriesDead: 1 });
  clock.offsetMs = 3_600_000;
  expect(await store.claimChunks(10, 60)).toEqual([]);
});

test('a retry waits for its turn, counts its attempts, leaves out shut hosts and ends', async () => {
  await plan(2);
  const [chunk] = await store.claimChunks(1, 60);
  if (chunk === undefined) throw new Error('no chunk');
  await finish(chunk.id, chunk.inboxes.map((inbox) => failure(inbox, 60_000)));
  expect(await store.claimRetries(10, 60)).toEqual([]);
  expect(await store.oldestPendingSeconds()).toBe(0);
  clock.offsetMs = 70_000;
  expect(await store.oldestPendingSeconds()).toBeGreaterThanOrEqual(9);
  const [retry] = await store.claimRetries(10, 60, ['r1.example']);
  if (retry === undefined) throw new Error('no retry');
  expect(retry).toMatchObject({ inbox: chunk.inboxes[0], host: 'r0.example', attempts: 2, body: '{"id":"1"}', senderAccountId: '7' });
  await store.settleRetries([{ id: retry.id, state: 'pending', notBefore: new Date(clock.nowMs() + 1_000), status: 503, reason: 'later' }]);
  clock.offsetMs = 72_000;
  expect((await store.claimRetries(10, 60, ['r1.example'])).map((row) => row.attempts)).toEqual([3]);
  await store.giveUp(retry.id, { status: 410, reason: 'gone' });
  await store.finishRetry(retry.id);
  expect(await store.deadPage({ limit: 10 })).toMatchObject([{ id: retry.id, host: 'r0.example', lastStatus: 410, lastReason: 'gone', attempts: 3 }]);
  expect(await store.requeueHost('r0.example')).toBe(1);
  const [again] = await store.claimRetries(10, 60, ['r1.example']);
  expect(again).toMatchObject({ id: retry.id, attempts: 2 });
  await store.finishRetry(retry.id);
  expect(await queueStatus(db)).toMatchObject({ retriesPending: 1, deliveriesDead: 0 });
});

test('a host that is back catches up in the order of planning; what it refused stays refused, and a gone inbox is told once', async () => {
  const answers = [null, 503, 404, 410, 401, 502];
  for (const [n, status] of answers.entries()) {
    await plan(1);
    const [chunk] = await store.claimChunks(1, 60);
    if (chunk === undefined) throw new Error('no chunk');
    // The later it was planned, the sooner it would come.
    const waitMs = n === 5 ? 7_200_000 - n * 60_000 : null;
    await finish(chunk.id, [{ ...failure(chunk.inboxes[0] ?? '', waitMs), ...(status === null ? { status: undefined } : { status }), reason: status === 410 ? 'gone' : 'away' }]);
  }
  expect(await store.catchUp('r0.example', { givenUp: false })).toBe(1);
  expect(await store.catchUp('r0.example', { givenUp: true })).toBe(3);
  expect(await store.catchUp('r0.example', { givenUp: true })).toBe(0);
  clock.offsetMs = 1;
  const claimed = await store.claimRetries(2, 60);
  expect([...claimed, ...(await store.claimRetries(10, 60))].map((row) => row.attempts)).toEqual([2, 2, 2, 2]);
  const dead = await store.deadPage({ limit: 10 });
  expect(dead.map((row) => row.lastStatus)).toEqual([410, 404]);
  expect(await store.takeGone(10)).toEqual([inboxes(1)[0]]);
  expect(await store.takeGone(10)).toEqual([]);
});

test('the rows of a paused host step aside', async () => {
  await plan(1);
  const [chunk] = await store.claimChunks(1, 60);
  if (chunk === undefined) throw new Error('no chunk');
  await finish(chunk.id, [failure(chunk.inboxes[0] ?? '', 0)]);
  expect(await store.postponeHost('r0.example', new Date(clock.nowMs() + 600_000), 100)).toBe(1);
  clock.offsetMs = 60_000;
  expect(await store.claimRetries(10, 60)).toEqual([]);
});

test('a host is what the last copy saw; one copy of all gets the probe', async () => {
  const hosts = new HostStore(db, clock);
  let state: HostState = HEALTHY_HOST;
  for (let n = 0; n < 10; n += 1) state = nextHostState(state, { kind: 'failed' }, clock.nowMs());
  const since = new Date(Date.now() - 60_000);
  await Promise.all(
    [1, 2, 3].map((n) => hosts.save(new Map([['b.example', { state, reason: 'timeout' }], ['a.example', { state: HEALTHY_HOST }], [`c${n}.example`, { state }]]))),
  );
  expect(await hosts.load(['a.example', 'b.example', 'new.example'])).toEqual(
    new Map([['a.example', HEALTHY_HOST], ['b.example', state], ['new.example', HEALTHY_HOST]]),
  );
  expect(await hosts.shut(10)).toEqual(['b.example', 'c1.example', 'c2.example', 'c3.example']);
  expect((await hosts.changedSince(since, 10)).map((row) => row.host).sort()).toHaveLength(5);
  expect(await hosts.claimProbe('b.example', clock.nowMs() + 60_000)).toBe(false);
  clock.offsetMs = 61_000;
  const probes = await Promise.all([1, 2, 3].map(() => hosts.claimProbe('b.example', clock.nowMs() + 60_000)));
  expect(probes.filter(Boolean)).toHaveLength(1);
});

test('remote keys are kept, replaced, dropped with their owner; what fits no index is not kept', async () => {
  const keys = new RemoteKeyStore(db, clock);
  const key = { keyId: 'https://r.example/u#key', ownerUri: 'https://r.example/u', publicKeyPem: 'PEM 1' };
  await keys.put(key);
  await keys.put({ ...key, publicKeyPem: 'PEM 2' });
  await keys.put({ ...key, keyId: `https://r.example/${'k'.repeat(50_000)}` });
  await keys.put({ ...key, keyId: 'https://r.example/\u0000' });
  const found = await keys.get([key.keyId, 'https://r.example/none', 'https://r.example/\u0000']);
  expect([...found.values()].map((row) => row.publicKeyPem)).toEqual(['PEM 2']);
  await keys.deleteByOwner(key.ownerUri);
  expect((await keys.get([key.keyId])).size).toBe(0);
});

const planned = (activityId: string, to: readonly string[], orderKey: string | null = 'status:1'): Promise<number> =>
  planAll([{ activityId, senderAccountId: snowflake('7'), body: '{}', trace: null, orderKey, inboxes: to }]);
const A = 'https://a.example/inbox';
const B = 'https://b.example/inbox';

test('a chunk waits for earlier ones of its order key, and no other does', async () => {
  await planned('create', [A, B]);
  await planned('update', [A, B]);
  await planned('other', [A], 'status:2');
  await planned('free', [A], null);
  const first = await store.claimChunks(10, 60);
  expect(first.map((chunk) => chunk.activityId).sort()).toEqual(['create', 'free', 'other']);
  for (const chunk of first) await finish(chunk.id, []);
  expect((await store.claimChunks(10, 60)).map((chunk) => [chunk.activityId, chunk.heldInboxes])).toEqual([['update', []]]);
});

test('an inbox with an earlier delivery to be retried is held, and gets all of them in order', async () => {
  await planned('create', [A, B]);
  const [create] = await store.claimChunks(10, 60);
  await finish(create?.id ?? snowflake('0'), [failure(A, 60_000)]);
  await planned('delete', [A, B]);
  const [remove] = await store.claimChunks(10, 60);
  expect(remove?.heldInboxes).toEqual([A]);
  await finish(remove?.id ?? snowflake('0'), [{ ...failure(A, 0), attempted: false }]);

  // The Delete's own time has come, but the Create is before it.
  expect(await store.claimRetries(10, 60)).toEqual([]);
  clock.offsetMs = 61_000;
  const [again] = await store.claimRetries(10, 60);
  expect(again).toMatchObject({ activityId: 'create', attempts: 2 });
  await store.settleRetries([{ id: again?.id ?? snowflake('0'), state: 'pending', notBefore: new Date(clock.nowMs() + 60_000) }]);
  expect(await store.claimRetries(10, 60)).toEqual([]);
  clock.offsetMs = 122_000;
  const [third] = await store.claimRetries(10, 60);
  await store.settleRetries([{ id: third?.id ?? snowflake('0'), state: 'done' }]);
  expect(await store.claimRetries(10, 60)).toMatchObject([{ activityId: 'delete', attempts: 1 }]);
});

test('what was claimed and not sent counts as no attempt', async () => {
  await planned('create', [A]);
  const [chunk] = await store.claimChunks(1, 60);
  await finish(chunk?.id ?? snowflake('0'), [{ ...failure(A, 0), attempted: false }]);
  const [first] = await store.claimRetries(1, 60);
  expect(first?.attempts).toBe(1);
  await store.settleRetries([{ id: first?.id ?? snowflake('0'), state: 'pending', notBefore: new Date(clock.nowMs()), attempted: false }]);
  expect((await store.claimRetries(1, 60))[0]?.attempts).toBe(1);
});

test('paused hosts are told apart from dead ones', async () => {
  const hosts = new HostStore(db, clock);
  await hosts.save(
    new Map([
      ['paused.example', { state: { ...HEALTHY_HOST, pausedUntilMs: clock.nowMs() + 60_000 } }],
      ['dead.example', { state: { ...HEALTHY_HOST, pausedUntilMs: clock.nowMs() + 60_000, unavailableSinceMs: clock.nowMs() } }],
      ['over.example', { state: { ...HEALTHY_HOST, pausedUntilMs: clock.nowMs() - 1 } }],
    ]),
  );
  expect(await hosts.paused(10)).toEqual(['paused.example']);
});
