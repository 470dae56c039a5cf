import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Patience } from './patience.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const never = (): Promise<never> => new Promise<never>(() => undefined);

test('work that never ends is given up, between once and twice the time', async () => {
  const patience = new Patience(100);
  let given: unknown = null;
  patience.within(never()).catch((error: unknown) => (given = error));
  await jest.advanceTimersByTimeAsync(99);
  expect(given).toBeNull();
  await jest.advanceTimersByTimeAsync(110);
  expect(given).toBeInstanceOf(Error);
});

test('what is given in time is passed on, and no timer stays', async () => {
  const patience = new Patience(100);
  await expect(patience.within(Promise.resolve(7))).resolves.toBe(7);
  await expect(patience.within(Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  await jest.advanceTimersByTimeAsync(300);
  expect(jest.getTimerCount()).toBe(0);
});

test('each has time of its own', async () => {
  const patience = new Patience(100);
  const given: string[] = [];
  patience.within(never()).catch(() => given.push('first'));
  await jest.advanceTimersByTimeAsync(150);
  patience.within(never()).catch(() => given.push('second'));
  await jest.advanceTimersByTimeAsync(60);
  expect(given).toEqual(['first']);
  await jest.advanceTimersByTimeAsync(150);
  expect(given).toEqual(['first', 'second']);
});
