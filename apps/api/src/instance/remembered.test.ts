import { expect, test } from '@jest/globals';
import { Remembered } from './remembered.js';

/** Counts looks; time and failure are the test's. */
function figure() {
  const state = { nowMs: 1_000, looks: 0, fails: false };
  const load = (): Promise<number> => {
    state.looks += 1;
    return state.fails ? Promise.reject(new Error('away')) : Promise.resolve(state.looks);
  };
  return { state, remembered: new Remembered({ nowMs: () => state.nowMs }, 60_000, load) };
}

test('looks once for callers at the same time, and again when the figure is old', async () => {
  const { state, remembered } = figure();
  expect(await Promise.all([remembered.get(), remembered.get()])).toEqual([1, 1]);
  state.nowMs += 59_999;
  expect(await remembered.get()).toBe(1);
  state.nowMs += 1;
  expect(await remembered.get()).toBe(2);
});

test('keeps the former figure while looking fails, and has none before', async () => {
  const { state, remembered } = figure();
  state.fails = true;
  await expect(remembered.get()).rejects.toThrow('away');
  state.fails = false;
  expect(await remembered.get()).toBe(2);
  state.fails = true;
  state.nowMs += 60_000;
  expect(await remembered.get()).toBe(2);
  expect(state.looks).toBe(3);
});
