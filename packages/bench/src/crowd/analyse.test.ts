import { expect, test } from '@jest/globals';
import { latencies, quantile, seconds } from './analyse.js';
import type { Seen } from './run-crowd.js';

const post = (dueMs: number, visibleMs: number | null): Seen => ({ kind: 'remote', key: `${dueMs}`, dueMs, answeredMs: dueMs + 1, refusals: 0, visibleMs });

test('time counts from when a post was due, whenever it was sent; one that is never seen is endless', () => {
  expect(latencies([post(0, 40), post(900, 2_900), post(999, null), post(1_000, 1_001)], 0, 1_000)).toEqual([40, 2_000, Infinity]);
});

test('quantiles of few values are values', () => {
  expect(quantile([5, 1, 3], 0.5)).toBe(3);
  expect(quantile([5, 1, 3], 0.99)).toBe(5);
  expect(quantile([], 0.99)).toBe(0);
});

test('each second tells what was due, what came and how old the oldest one waiting is', () => {
  const run = seconds([post(100, 150), post(200, 2_300), post(1_500, 1_600)], 0);
  expect(run.map(({ due, visible, lagMs }) => ({ due, visible, lagMs }))).toEqual([
    { due: 2, visible: 1, lagMs: 800 },
    { due: 1, visible: 1, lagMs: 1_800 },
    { due: 0, visible: 1, lagMs: 0 },
  ]);
  expect(run[2]?.p99Ms).toBeNull();
});
