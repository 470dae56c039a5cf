import { expect, test } from '@jest/globals';
import { LiveQueue } from './live-queue.js';

test('items go on in order, gathered while a batch is worked on', async () => {
  const batches: (readonly number[])[] = [];
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const queue = new LiveQueue<number>(
    async (batch) => {
      batches.push(batch);
      await gate;
    },
    () => undefined,
  );
  queue.push(1);
  queue.push(2);
  await Promise.resolve();
  await Promise.resolve();
  queue.push(3);
  queue.push(4);
  release();
  await queue.idle();
  expect(batches).toEqual([[1, 2], [3, 4]]);
});

test('one bad item fails alone and is reported', async () => {
  const [done, errors]: [number[], unknown[]] = [[], []];
  const queue = new LiveQueue<number>(
    async (batch) => {
      if (batch.includes(2)) throw new Error('two');
      done.push(...batch);
    },
    (error) => errors.push(error),
  );
  [1, 2, 3].forEach((item) => queue.push(item));
  await queue.idle();
  expect(done).toEqual([1, 3]);
  expect(errors).toHaveLength(1);
});

test('the oldest are given up when too many wait', async () => {
  const [done, dropped]: [number[], number[]] = [[], []];
  const queue = new LiveQueue<number>(
    async (batch) => void done.push(...batch),
    () => undefined,
    (count) => dropped.push(count),
  );
  for (let item = 0; item < 10_003; item += 1) queue.push(item);
  await queue.idle();
  expect(dropped).toEqual([1, 1, 1]);
  expect(done[0]).toBe(3);
  expect(done).toHaveLength(10_000);
});
