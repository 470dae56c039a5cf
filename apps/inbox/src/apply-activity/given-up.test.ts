import { expect, test } from '@jest/globals';
import { GivenUp } from './given-up.js';

const late = (): string => 'late';

test('what is given up is told so, and what ends in time is not', async () => {
  const signals: AbortSignal[] = [];
  const works = new GivenUp();
  const begin = (work: Promise<string>) => (signal: AbortSignal) => (signals.push(signal), work);
  expect(await works.within(1_000, begin(Promise.resolve('done')), late)).toBe('done');
  await expect(works.within(1_000, begin(Promise.reject(new Error('no'))), late)).rejects.toThrow('no');
  expect(await works.within(1, begin(new Promise(() => undefined)), late)).toBe('late');
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, true]);
});

test('while too much of it goes on nothing new is begun; what ends makes room', async () => {
  const works = new GivenUp({ max: 2 });
  const ends: (() => void)[] = [];
  let begun = 0;
  const endless = (): Promise<string> => ((begun += 1), new Promise((_, reject) => ends.push(() => reject(new Error('at last')))));
  for (let n = 0; n < 2; n += 1) expect(await works.within(1, endless, late)).toBe('late');
  for (let n = 0; n < 50; n += 1) await expect(works.within(1, endless, late)).rejects.toMatchObject({ status: 503 });
  expect(begun).toBe(2);
  ends[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await works.within(1, endless, late)).toBe('late');
  expect(begun).toBe(3);
});

test('what never ends is counted for a while and then stops nobody', async () => {
  const works = new GivenUp({ max: 1, countedMs: 20 });
  const endless = (): Promise<string> => new Promise(() => undefined);
  expect(await works.within(1, endless, late)).toBe('late');
  await expect(works.within(1, endless, late)).rejects.toMatchObject({ status: 503 });
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(await works.within(1, endless, late)).toBe('late');
});
