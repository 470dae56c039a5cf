import { expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import { ReceivedStore, type Doorbell, type ReceivedRow } from './received-store.js';

const row = (id: string) => ({ id: snowflake(id), activityId: null, activityType: 'Follow', actorUri: 'a', signerHost: 'h', body: '{}', signatureHash: id, trace: null }) satisfies ReceivedRow;

function storeWith(ring: (bell: Doorbell) => Promise<void>) {
  const unheard: unknown[] = [];
  const store = new ReceivedStore({
    accept: async (rows) => rows.map(({ id }) => ({ id, duplicate: id === '2' })),
    newEventId: () => 'event',
    ring,
    onUnheard: (error) => unheard.push(error),
  });
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
  await new Promise((resolve) => setImmediate(resolve));
  expect(bells.map(({ ids }) => ids)).toEqual([1, 100, 29]);
  bells.at(-1)?.answer();
  await store.quiet();
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
