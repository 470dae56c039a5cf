import { expect, test } from '@jest/globals';
import { reportTable } from './report-table.js';

test('columns stand under each other, and what is broken says so', () => {
  const line = { id: 'P1', promise: 'kept promise', seeds: 3, operations: 900, lost: 0, duplicated: 0, reordered: 0, unknown: 4, recoverMs: 1_234, isKept: true };
  const lines = reportTable([line, { ...line, id: 'P12', lost: 2, isKept: false }, { ...line, id: 'P7', isKept: null }]).split('\n');
  expect(lines).toHaveLength(5);
  // What this machine does not allow to try is not kept by that.
  expect(lines[4]).toMatch(/NOT RUN$/);
  expect(lines[2]).toMatch(/^P1 +kept promise +3 +900 +0 +0 +0 +4 +1\.2 s +kept$/);
  expect(lines[3]).toMatch(/BROKEN$/);
  expect(lines[0]?.indexOf('seeds')).toBe((lines[2]?.indexOf(' 3 ') ?? 0) + 1 - 'seeds'.length + 1);
});
