import { expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import { ReceivedStore, type Doorbell, type ReceivedRow } from './received-store.js';

const row = (id: string) => ({ id: snowflake(id), activityId: null, activityType: 'Follow', actorUri: 'a', signerHost: 'h', body: '{}', signatureHash: id, trace: null }) satisfies ReceivedRow;

function storeWith(ring: (bell: Doorbell) => Promise<void>, apart?: { readonly leastMs: number; readonly mostMs: number }) {
  const unheard: unknown[] = [];
  const store = new ReceivedStore({
    accept: async (rows) => rows.map(({ id }) => ({ id, duplicate: id === '2' })),
    newEventId: () => 'event',
    ring,
    onUnheard: (error) => unheard.push(error),
  }, apart);
  return { store, unheard };
}

test('one bell for the new rows of a group, after the commit', async () => {
  const bells: Doorbell[] = [];
  const { store } = storeWith(async (bell) => void bells.push(bell));
  const answers = await store.commit([row('1'), row('2'), row('3')]);
  await store.quiet();
  expect(answers.map((answer) => answer.duplicate)).toEqual([false, true, false]);
  expect(bells).toEqual([{ eventId: 'event', subject: 'activity.received.v1', payload: { eventId: 'event', inboundIds: ['1', '3'] } }]);
});

test('no bell when all were repeats', async () => {
  const { store } = storeWith(() => Promise.reject(new Error('must not ring')));
  await store.commit([row('2')]);
  await store.quiet();
});

test('while a bell rings, what comes gathers for the next; a hundred need not wait', async () => {
  const bells: { readonly ids: number; readonly answer: () => void }[] = [];
  const { store } = storeWith(({ payload }) => new Promise((answer) => bells.push({ ids: payload.inboundIds.length, answer })));
  for (let n = 10; n < 20; n += 1) await store.commit([row(String(n))]);
  expect(bells.map(({ ids }) => ids)).toEqual([1]);
  await store.commit(Array.from({ length: 120 }, (_, n) => row(String(1_000 + n))));
  expect(bells.map(({ ids }) => ids)).toEqual([1, 100]);
  bells.forEach(({ answer }) => answer());
  while (bells.length < 3) await new Promise((resolve) => setImmediate(resolve));
  expect(bells.map(({ ids }) => ids)).toEqual([1, 100, 29]);
  bells.at(-1)?.answer();
  await store.quiet();
});

test('bells keep a distance; whoever stops rings at once for what is left', async () => {
  const bells: number[] = [];
  const { store } = storeWith(async ({ payload }) => void bells.push(payload.inboundIds.length), { leastMs: 60_000, mostMs: 60_000 });
  await store.commit([row('10')]);
  for (let n = 11; n < 15; n += 1) await store.commit([row(String(n))]);
  expect(bells).toEqual([1]);
  await store.quiet();
  expect(bells).toEqual([1, 4]);
});

test('the distance grows while several come in it, and shrinks when one comes alone', async () => {
  const bells: number[] = [];
  // So long that no second bell rings of itself, unless the distance did not fall back.
  const { store } = storeWith(async ({ payload }) => void bells.push(payload.inboundIds.length), { leastMs: 1, mostMs: 60_000 });
  for (let n = 0; n < 40; n += 1) {
    await store.commit([row(String(10 + 2 * n)), row(String(11 + 2 * n))]);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const rungInTime = bells.length;
  expect(rungInTime).toBeGreaterThan(1);
  // At a distance that doubles, forty groups in some dozens of milliseconds need but a few bells.
  expect(rungInTime).toBeLessThan(20);
  await store.quiet();
  expect(bells.reduce((sum, ids) => sum + ids, 0)).toBe(80);
  bells.length = 0;
  for (let n = 0; n < 30; n += 1) {
    await store.commit([row(String(1_000 + n))]);
    await store.quiet();
  }
  await store.commit([row('2000')]);
  await store.commit([row('2001')]);
  while (bells.length < 32) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(bells).toEqual(Array.from({ length: 32 }, () => 1));
});

test('bells that nobody answers are left to the sweeper, beyond a bound', async () => {
  const answers: (() => void)[] = [];
  const { store, unheard } = storeWith(() => new Promise((resolve) => answers.push(resolve)));
  for (let n = 0; n < 70; n += 1) await store.commit(Array.from({ length: 100 }, (_, at) => row(String(1_000 + 100 * n + at))));
  expect([answers.length, unheard.length]).toEqual([64, 6]);
  answers.forEach((answer) => answer());
  await store.quiet();
});

test('a bell that nobody hears changes no answer', async () => {
  const { store, unheard } = storeWith(() => Promise.reject(new Error('broker is away')));
  await expect(store.commit([row('1')])).resolves.toHaveLength(1);
  await store.quiet();
  expect(unheard).toHaveLength(1);
});
