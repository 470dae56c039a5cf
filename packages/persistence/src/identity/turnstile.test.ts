import { expect, test } from '@jest/globals';
import { Turnstile } from './turnstile.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));
const full = () => new Error('full');

test('no more than allowed run at once, those in line go in order, the rest is refused', async () => {
  const turnstile = new Turnstile({ atOnceMax: 2, waitingMax: 3 });
  const order: number[] = [];
  const ends: (() => void)[] = [];
  let [running, most] = [0, 0];
  const work = (n: number) => async () => {
    order.push(n);
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
  };
  const tries = Array.from({ length: 7 }, (_, n) => turnstile.pass(work(n), full).then(() => 'done', (error: Error) => error.message));
  await tick();
  for (let turn = 0; turn < 5; turn += 1) {
    ends.shift()?.();
    await tick();
  }
  expect(await Promise.all(tries)).toEqual(['done', 'done', 'done', 'done', 'done', 'full', 'full']);
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
});

test('work that fails gives its place on', async () => {
  const turnstile = new Turnstile({ atOnceMax: 1, waitingMax: 1 });
  const failing = turnstile.pass(() => Promise.reject(new Error('no')), full);
  const next = turnstile.pass(() => Promise.resolve('yes'), full);
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
  expect(await turnstile.pass(() => Promise.resolve('again'), full)).toBe('again');
});
