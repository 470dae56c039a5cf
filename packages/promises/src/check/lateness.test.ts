import { expect, test } from '@jest/globals';
import { judgeLateness } from './lateness.js';

const late = ['caught up after 75 s, not 60 s'];

test.each([0, 0.24, null])('a deadline that is missed while others take %s of the machine is a break', (share) => {
  expect(judgeLateness(late, share)).toEqual({ violations: late, undecided: [] });
});

test('on a machine that others keep busy it is neither kept nor broken, and says why', () => {
  expect(judgeLateness(late, 0.43)).toEqual({ violations: [], undecided: ['caught up after 75 s, not 60 s (others took 43 % of this machine)'] });
});
