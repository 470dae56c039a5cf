import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { groupsOf } from '@trunkline/contracts';
import { afterCommit, type Database } from '../src/database.js';
import { DeadLetterStore } from '../src/ledger/dead-letters.js';
import { alreadyDone, markDone, markFirst } from '../src/ledger/done.js';
import { newEventId } from '../src/ledger/event-id.js';
import { EventRelay, type RelayPublisher } from '../src/ledger/event-relay.js';
import { appendEvents, EventStore, type OutboxEvent } from '../src/ledger/events.js';
import { sweepEvents } from '../src/ledger/sweeps.js';
import { MovableClock, StandingClock, testIds } from './ledger-parts.js';
import { startDatabase } from './postgres.js';

const SUBJECT = 'account.updated.v1';
const ids = testIds();
let db: Database;
let stop: () => Promise<void>;
let clock: MovableClock;
let store: EventStore;
let letters: DeadLetterStore;
beforeAll(async () => ({ db, stop } = await startDatabase()), 60_000);
afterAll(() => stop());
beforeEach(async () => {
  await db.query('TRUNCATE events.outbox, events.done, events.dead, events.suspects');
  clock = new MovableClock();
  store = new EventStore(db, clock);
  letters = new DeadLetterStore(db, ids, clock);
});

class FakeBroker implements RelayPublisher {
  readonly stored: OutboxEvent[] = [];
  refuse: string | null = null;
  refuseLane: OutboxEvent['lane'] | null = null;
  async publish(events: readonly OutboxEvent[]) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    const reason = this.refuse ?? (events.some(({ lane }) => lane === this.refuseLane) ? 'maximum bytes exceeded' : null);
    if (reason !== null) return { published: [], failed: events.map(({ eventId }) => ({ eventId, reason })) };
    this.stored.push(...events);
    return { published: events.map((event) => event.eventId), failed: [] };
  }
}

const append = async (count: number, subject = SUBJECT, lane: OutboxEvent['lane'] = 'local'): Promise<string[]> => {
  const events = Array.from({ length: count }, () => ({ subject, payload: { eventId: newEventId(), accountId: '1' }, trace: '00-a-b-01', lane }));
  await db.transaction((tx) => appendEvents(tx, events, ids));
  return events.map((event) => event.payload.eventId);
};
const until = async (met: () => boolean): Promise<void> => {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 2));
};

test('three relays share the rows: each event is published once, with payload and trace', async () => {
  const eventIds = await append(500);
  const broker = new FakeBroker();
  const relays = [1, 2, 3].map(() => new EventRelay(db, store, broker, letters, { batch: 20 }));
  relays.forEach((relay) => relay.start());
  await until(() => broker.stored.length >= 500);
  await Promise.all(relays.map((relay) => relay.stop()));
  expect(broker.stored.map((event) => event.eventId).sort()).toEqual([...eventIds].sort());
  expect(broker.stored[0]).toMatchObject({ subject: SUBJECT, payload: { accountId: '1' }, traceparent: '00-a-b-01' });
  expect(await store.unpublishedRows()).toBe(0);
});

const offer = (relay: EventRelay, count: number): Promise<void> =>
  db.transaction(async (tx) => {
    const events = Array.from({ length: count }, () => ({ subject: SUBJECT, payload: { eventId: newEventId(), accountId: '1' }, trace: '00-a-b-01' }));
    const rows = await appendEvents(tx, events, ids);
    afterCommit(tx, () => relay.offer(rows));
  });

test('what a process committed is published from memory, once, and no other relay takes it from the table', async () => {
  const [broker, other] = [new FakeBroker(), new FakeBroker()];
  const relay = new EventRelay(db, store, broker, letters, { pollMs: 60_000 });
  // For the neighbour no second goes by, however long the rounds take: what is older it would take rightly.
  const beside = new EventStore(db, new StandingClock());
  const neighbour = new EventRelay(db, beside, other, letters, { pollMs: 5 });
  const claims = jest.spyOn(store, 'claimUnpublished');
  const looks = jest.spyOn(beside, 'claimUnpublished');
  relay.start();
  neighbour.start();
  // Whoever starts looks once at all that is there: the second look says that the neighbour's first one is over.
  await until(() => claims.mock.calls.length > 0 && looks.mock.calls.length > 1);
  await claims.mock.results[0]?.value;
  claims.mockClear();
  looks.mockClear();
  for (let round = 1; round <= 10; round += 1) {
    await offer(relay, 3);
    await until(() => broker.stored.length === round * 3);
  }
  await relay.stop();
  await neighbour.stop();
  expect([claims, looks].map((spy) => spy.mock.calls.filter(([, , , minAgeMs]) => minAgeMs === 0))).toEqual([[], []]);
  expect(broker.stored[0]).toMatchObject({ subject: SUBJECT, payload: { accountId: '1' }, traceparent: '00-a-b-01' });
  expect(other.stored).toEqual([]);
  expect(await store.unpublishedRows()).toBe(0);
});

test('what the broker refused, and what found no room in memory, is published from the table', async () => {
  const broker = new FakeBroker();
  broker.refuse = 'maximum bytes exceeded';
  const relay = new EventRelay(db, store, broker, letters, { pollMs: 60_000, pauseMs: 5 });
  relay.start();
  await offer(relay, 5);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(broker.stored).toEqual([]);
  broker.refuse = null;
  await until(() => broker.stored.length === 5);
  // More at once than memory holds.
  await offer(relay, 1_500);
  await until(() => broker.stored.length === 1_505);
  await relay.stop();
  expect(new Set(broker.stored.map(({ eventId }) => eventId)).size).toBe(1_505);
  expect(await store.unpublishedRows()).toBe(0);
});

test('a wake-up after the commit publishes long before the poll', async () => {
  const broker = new FakeBroker();
  const relay = new EventRelay(db, store, broker, letters, { pollMs: 60_000 });
  relay.start();
  for (let round = 1; round <= 20; round += 1) {
    await db.transaction(async (tx) => {
      await appendEvents(tx, [{ subject: SUBJECT, payload: { eventId: newEventId() } }], ids);
      afterCommit(tx, () => relay.wake());
    });
    await until(() => broker.stored.length === round);
  }
  await relay.stop();
});

test('events that the broker refuses hold up their own lane only', async () => {
  const remote = await append(300, SUBJECT, 'remote');
  const local = await append(2);
  const broker = new FakeBroker();
  const relays = (['local', 'remote'] as const).map((lane) => new EventRelay(db, store, broker, letters, { lane, batch: 100 }));
  broker.refuseLane = 'remote';
  for (const relay of relays) await relay.runOnce();
  expect(broker.stored.map((event) => event.eventId).sort()).toEqual([...local].sort());
  expect(await store.unpublishedRows()).toBe(remote.length);
  expect(await store.oldestUnpublishedSeconds()).toBeGreaterThanOrEqual(0);
});

test('events of a transaction that was rolled back are never published', async () => {
  const failing = db.transaction(async (tx) => {
    await appendEvents(tx, [{ subject: SUBJECT, payload: { eventId: newEventId() } }], ids);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await store.unpublishedRows()).toBe(0);
});

test('a broker that is away leaves the rows; they go when it is back', async () => {
  await append(3);
  const broker = new FakeBroker();
  broker.refuse = 'disconnected';
  const relay = new EventRelay(db, store, broker, letters);
  expect(await relay.runOnce()).toEqual({ claimed: 3, published: 0 });
  clock.offsetMs = 10_000;
  expect(await store.oldestUnpublishedSeconds()).toBeGreaterThanOrEqual(9.9);
  broker.refuse = null;
  expect(await relay.runOnce()).toEqual({ claimed: 3, published: 3 });
  expect(await store.oldestUnpublishedSeconds()).toBe(0);
});

test('an event that breaks its contract is parked and not tried again', async () => {
  const [eventId] = await append(1);
  const broker = new FakeBroker();
  broker.refuse = 'invalid: accountId missing';
  const relay = new EventRelay(db, store, broker, letters);
  await relay.runOnce();
  expect(await letters.page({ limit: 10 })).toMatchObject([{ eventId, consumer: 'relay', reason: 'invalid: accountId missing' }]);
  clock.offsetMs = 3_600_000;
  expect(await sweepEvents(store, { olderThanSeconds: 30, limit: 100 })).toEqual({ settled: 1, reannounced: 0 });
});

test('what no group has done is announced again, at growing distances, until all have', async () => {
  const [eventId = ''] = await append(1);
  const relay = new EventRelay(db, store, new FakeBroker(), letters);
  const sweep = () => sweepEvents(store, { olderThanSeconds: 30, limit: 100 });
  await relay.runOnce();
  expect(await sweep()).toEqual({ settled: 0, reannounced: 0 });
  clock.offsetMs = 31_000;
  expect(await sweep()).toEqual({ settled: 0, reannounced: 1 });
  expect(await relay.runOnce()).toEqual({ claimed: 1, published: 1 });
  clock.offsetMs = 31_000 + 45_000;
  expect(await sweep()).toEqual({ settled: 0, reannounced: 0 });
  clock.offsetMs = 31_000 + 62_000;
  // However often it was announced: this is how long somebody has not done it.
  expect(await store.oldestUnsettledSeconds()).toBeGreaterThanOrEqual(92);
  for (const group of groupsOf(SUBJECT)) await markDone(db, group, [eventId]);
  expect(await sweep()).toEqual({ settled: 1, reannounced: 0 });
  expect(await store.oldestUnsettledSeconds()).toBe(0);
  clock.offsetMs = 86_400_000;
  expect(await sweep()).toEqual({ settled: 0, reannounced: 0 });
});

test('a doorbell of a work queue is settled by its publication', async () => {
  await append(1, 'activity.received.v1');
  await new EventRelay(db, store, new FakeBroker(), letters).runOnce();
  clock.offsetMs = 3_600_000;
  expect(await store.unsettled(30, 10)).toEqual([]);
});

// The limit is smaller than what is overdue: all pages have to be seen.
test('a sweep sees every page', async () => {
  await append(25);
  await new EventRelay(db, store, new FakeBroker(), letters).runOnce();
  clock.offsetMs = 60_000;
  expect(await sweepEvents(store, { olderThanSeconds: 30, limit: 10 })).toEqual({ settled: 0, reannounced: 25 });
});

test('done rows are found whatever the version of the event id', async () => {
  const [v7, v4, other] = [newEventId(), crypto.randomUUID(), newEventId()];
  await markDone(db, 'group-a', [v7, v4]);
  expect(await alreadyDone(db, 'group-a', [v7, other])).toEqual(new Set([v7]));
  expect(await alreadyDone(db, 'group-a', [v7, v4, other])).toEqual(new Set([v7, v4]));
  expect(await alreadyDone(db, 'group-b', [v7])).toEqual(new Set());
});

test('of two transactions with the same events, one is first with each', async () => {
  const eventIds = Array.from({ length: 10 }, () => newEventId());
  const run = (order: readonly string[]) =>
    db.transaction(async (tx) => {
      const first = await markFirst(tx, 'group-a', order);
      await tx.query('SELECT pg_sleep(0.02)');
      return first.size;
    });
  const sizes = await Promise.all([run(eventIds), run(eventIds.toReversed()), run(eventIds)]);
  expect(sizes.sort((a, b) => a - b)).toEqual([0, 0, 10]);
});

test('a parked letter settles its group, and its replay goes through the events table', async () => {
  const [eventId = ''] = await append(1);
  const broker = new FakeBroker();
  const relay = new EventRelay(db, store, broker, letters);
  await relay.runOnce();
  const groups = groupsOf(SUBJECT);
  for (const consumer of groups) {
    const letter = { eventId, subject: SUBJECT, consumer, payload: { eventId, accountId: '1' }, reason: 'crash', attempts: 5 };
    await letters.park(letter);
    await letters.park({ ...letter, reason: 'crash again' });
  }
  expect(await letters.count()).toBe(groups.length);
  clock.offsetMs = 60_000;
  expect(await sweepEvents(store, { olderThanSeconds: 30, limit: 10 })).toEqual({ settled: 1, reannounced: 0 });
  const [letter] = await letters.page({ limit: 1 });
  expect(letter).toMatchObject({ eventId, reason: 'crash again', attempts: 5 });
  if (letter === undefined) throw new Error('no letter');
  expect(await letters.replay([letter.id])).toEqual([letter.id]);
  expect(await letters.replay([letter.id])).toEqual([]);
  await relay.runOnce();
  expect(broker.stored.map((event) => event.eventId)).toEqual([eventId, eventId]);
  expect(broker.stored[1]?.payload).toEqual({ eventId, accountId: '1' });
});

test('what cannot be read is parked once, NUL and all, and cannot be replayed', async () => {
  const poison = { subject: SUBJECT, consumer: 'c', raw: 'no json \u0000', reason: 'no JSON' };
  await letters.parkPoison(poison);
  await letters.parkPoison(poison);
  const page = await letters.page({ limit: 10 });
  expect(page).toMatchObject([{ eventId: null, reason: 'no JSON' }]);
  expect(await letters.replay(page.map((row) => row.id))).toEqual([]);
});

test('a suspect that stood already is told; parking or clearing takes the note back', async () => {
  const letter = { eventId: newEventId(), consumer: 'c', subject: SUBJECT, payload: {}, reason: 'r', attempts: 9 };
  expect(await letters.markSuspect(letter)).toBe(true);
  expect(await letters.markSuspect(letter)).toBe(false);
  await letters.park(letter);
  expect(await letters.markSuspect(letter)).toBe(true);
  await letters.clearSuspect(letter.eventId, letter.consumer);
  expect(await letters.markSuspect(letter)).toBe(true);
});
