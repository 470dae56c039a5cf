import { expect, test } from '@jest/globals';
import { SendSlots } from './send-slots.js';

const LIMITS = { total: 3, slow: 2, slowAfterMs: 20, perHost: 2, hostStuckMs: 10, hostWaitMs: 60, hostWaitersMax: 2 };
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a host has its own slots, all hosts together a few more', async () => {
  const slots = new SendSlots({ ...LIMITS, slowAfterMs: 60_000 });
  const first = await slots.take('a');
  const second = await slots.take('a');
  expect(slots.busyHosts()).toEqual(['a']);
  const other = await slots.take('b');
  expect([first, second, other].every((release) => release !== null)).toBe(true);

  let entered = false;
  const waiting = slots.take('c').then((release) => {
    entered = true;
    return release;
  });
  await sleep(5);
  expect(entered).toBe(false);
  other?.();
  expect(await waiting).not.toBeNull();
});

test('nobody waits for a host that does not move; the rest steps aside at once', async () => {
  const slots = new SendSlots(LIMITS);
  await slots.take('a');
  await slots.take('a');
  const waiters = [slots.take('a'), slots.take('a'), slots.take('a')];
  expect(await waiters[2]).toBeNull();
  expect(await Promise.all(waiters)).toEqual([null, null, null]);
});

test('a busy host that moves is waited for, up to a bound', async () => {
  const slots = new SendSlots(LIMITS);
  const held = [await slots.take('a'), await slots.take('a')];
  const waiting = slots.take('a');
  await sleep(6);
  held[0]?.();
  expect(await waiting).not.toBeNull();
});

test('hosts that failed lately are tried one request at a time, in slots of their own', async () => {
  const slots = new SendSlots({ ...LIMITS, total: 1 });
  const held = [await slots.take('dead', true), await slots.take('gone', true)];
  expect(held).not.toContain(null);
  expect(slots.busyHosts()).toEqual(['dead', 'gone']);
  // No slow slot is left, and nobody waits for one; those of healthy hosts are untouched.
  expect(await slots.take('lost', true)).toBeNull();
  expect(await slots.take('well')).not.toBeNull();
  held[0]?.();
  expect(await slots.take('lost', true)).not.toBeNull();
});

test('requests that nobody answers leave their slots to others', async () => {
  const slots = new SendSlots({ ...LIMITS, total: 2 });
  const dead = [await slots.take('a'), await slots.take('b')];
  await Promise.all([slots.take('c'), slots.take('d')]);
  // Both slow ones are taken now: a fifth waits until one of them is over.
  let entered = false;
  const fifth = slots.take('e').then(() => (entered = true));
  await sleep(40);
  expect(entered).toBe(false);
  dead[0]?.();
  await fifth;
});
