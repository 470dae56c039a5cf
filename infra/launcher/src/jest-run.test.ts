import { expect, test } from '@jest/globals';
import { addTallies, exitCodeOf, slowestFiles, tallyLine, tallyOf } from './jest-run.ts';

const results = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1, numRuntimeErrorTestSuites: 0, testResults: [] };

test('a file that cannot be loaded is a failure, todos are skipped', () => {
  expect(tallyOf({ ...results, numRuntimeErrorTestSuites: 2 })).toEqual({ passed: 3, failed: 2, skipped: 2 });
});

test('the slowest files come first', () => {
  const files = [['a', 1], ['b', 12.34], ['c', 2]] as const;
  expect(slowestFiles(files.map(([path, seconds]) => ({ path, seconds })), 2)).toEqual(['   12.3 s  b', '    2.0 s  c']);
});

test('the last line sums all projects', () => {
  expect(tallyLine(addTallies([tallyOf(results), tallyOf(results)]))).toBe('6 passed, 0 failed, 4 skipped');
});

test.each([
  [{ passed: 1, failed: 0, skipped: 5 }, 0],
  [{ passed: 9, failed: 1, skipped: 0 }, 1],
  [{ passed: 0, failed: 0, skipped: 9 }, 1],
])('%o exits with %i', (tally, code) => {
  expect(exitCodeOf(tally)).toBe(code);
});
