import { expect, test } from '@jest/globals';
import { SendSlots } from './send-slots.js';

const LIMITS = { total: 3, perHost: 2, hostStuckMs: 10, hostWaitMs: 60, hostWaitersMax: 2 };
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a host has its own slots, all hosts together a few more', async () => {
  const slots = new SendSlots(LIMITS);
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
