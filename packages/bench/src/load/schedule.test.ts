import { expect, test } from '@jest/globals';
import { arrivals } from './schedule.js';

test('arrivals keep to their phases, in order, at about the rate', () => {
  const times = arrivals([{ rate: 100, seconds: 20 }, { rate: 0, seconds: 10 }, { rate: 1_000, seconds: 20 }]);
  const between = (from: number, until: number): number => times.filter((time) => time >= from * 1_000 && time < until * 1_000).length;
  expect(times).toEqual([...times].sort((a, b) => a - b));
  // Five standard deviations around the means of 2,000 and 20,000.
  expect(Math.abs(between(0, 20) - 2_000)).toBeLessThan(5 * Math.sqrt(2_000));
  expect(between(20, 30)).toBe(0);
  expect(Math.abs(between(30, 50) - 20_000)).toBeLessThan(5 * Math.sqrt(20_000));
  expect(times.at(-1)).toBeLessThan(50_000);
});

test('gaps are exponential: even numbers give their logarithms', () => {
  expect(arrivals([{ rate: 1, seconds: 2 }], () => 0.5).map((ms) => Math.round(ms))).toEqual([693, 1386]);
});
