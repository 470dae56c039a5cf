import { expect, test } from '@jest/globals';
import { trend } from './trend.js';

test('the line through points: growth a second and the mean', () => {
  expect(trend([[0, 10], [10, 12], [20, 14]])).toEqual({ slope: 0.2, mean: 12 });
  expect(trend([[0, 10], [10, 14], [20, 10]]).slope).toBeCloseTo(0);
});

test('one point or none grows by nothing', () => {
  expect(trend([[5, 7]])).toEqual({ slope: 0, mean: 7 });
  expect(trend([])).toEqual({ slope: 0, mean: 0 });
});
