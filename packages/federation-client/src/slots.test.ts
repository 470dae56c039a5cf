import { expect, test } from '@jest/globals';
import { FULL, HostSlots, Slots } from './slots.js';

const never = new AbortController().signal;

test('slots go to those who wait in the order in which they came', async () => {
  const slots = new Slots(1, 2);
  const first = await slots.take(never);
  const order: number[] = [];
  const waiting = [1, 2].map(async (n) => {
    const release = await slots.take(never);
    order.push(n);
    if (release !== FULL) release();
  });
  expect(await slots.take(never)).toBe(FULL);
  if (first !== FULL) first();
  await Promise.all(waiting);
  expect(order).toEqual([1, 2]);
  expect(slots.idle).toBe(true);
});

test('whoever gives up waiting leaves the queue', async () => {
  const slots = new Slots(1, 1);
  const first = await slots.take(never);
  const giveUp = new AbortController();
  const waiting = slots.take(giveUp.signal);
  giveUp.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  if (first !== FULL) first();
  expect(slots.idle).toBe(true);
});

test('giving a slot back twice frees one slot', async () => {
  const slots = new Slots(1, 0);
  const first = await slots.take(never);
  if (first === FULL) throw new Error('no slot');
  first();
  const second = await slots.take(never);
  first();
  expect(second).not.toBe(FULL);
  expect(await slots.take(never)).toBe(FULL);
});

const settings = { perHostMax: 1, perDomainMax: 9, totalMax: 2, waitingPerHostMax: 0, domainOf: (host: string) => host.split('.').slice(-2).join('.') };

test('a host that is full does not hold up another, and a refusal for all frees the slot of the host', async () => {
  const slots = new HostSlots(settings);
  const a = await slots.take('a.test', never);
  expect(await slots.take('a.test', never)).toBe(FULL);
  expect(await slots.take('b.test', never)).not.toBe(FULL);
  expect(await slots.take('c.test', never)).toBe(FULL);
  if (a !== FULL) a();
  expect(await slots.take('c.test', never)).not.toBe(FULL);
});

test('S081 hosts of one domain share what a domain may have', async () => {
  const slots = new HostSlots({ ...settings, perDomainMax: 2, totalMax: 9 });
  const taken = await Promise.all(['1.evil.test', '2.evil.test', '3.evil.test'].map((host) => slots.take(host, never)));
  expect(taken.map((one) => one === FULL)).toEqual([false, false, true]);
  expect(await slots.take('honest.test', never)).not.toBe(FULL);
  for (const release of taken) if (release !== FULL) release();
  expect(await slots.take('3.evil.test', never)).not.toBe(FULL);
});
