import { expect, test } from '@jest/globals';
import { exitStatus, reportTable, whatIsOpen, worst, type Line, type LineVerdict } from './report-table.js';

const line: Line = { id: 'P1', promise: 'kept promise', seeds: 3, operations: 900, lost: 0, duplicated: 0, reordered: 0, unknown: 4, recoverMs: 1_234, verdict: 'kept' };
const ends = (...verdicts: LineVerdict[]): Line[] => verdicts.map((verdict, index) => ({ ...line, id: `P${index + 1}`, verdict }));

test('columns stand under each other, and what is broken says so', () => {
  const lines = reportTable([line, { ...line, id: 'P12', lost: 2, verdict: 'broken' }, { ...line, id: 'P7', verdict: 'not run' }, { ...line, id: 'P8', verdict: 'undecided' }]).split('\n');
  expect(lines).toHaveLength(6);
  expect(lines[2]).toMatch(/^P1 +kept promise +3 +900 +0 +0 +0 +4 +1\.2 s +kept$/);
  expect(lines[3]).toMatch(/BROKEN$/);
  // What this machine does not allow to try, or has no time for, is not kept by that.
  expect(lines[4]).toMatch(/NOT RUN$/);
  expect(lines[5]).toMatch(/NOT DECIDED: too slow$/);
  expect(lines[0]?.indexOf('seeds')).toBe((lines[2]?.indexOf(' 3 ') ?? 0) + 1 - 'seeds'.length + 1);
});

test('a break outweighs everything; what is not known is no pass', () => {
  expect(exitStatus(ends('kept', 'undecided', 'broken'), false)).toBe(1);
  expect(exitStatus(ends('kept', 'undecided', 'not run'), false)).toBe(2);
  expect(exitStatus(ends('kept', 'kept'), true)).toBe(0);
  expect(worst(['kept', 'undecided', 'kept'])).toBe('undecided');
});

test('what cannot be run here fails nobody who asked for all, and is said aloud', () => {
  const lines = ends('kept', 'not run');
  expect([exitStatus(lines, false), exitStatus(lines, true)]).toEqual([0, 2]);
  expect(whatIsOpen(lines)).toBe('This is no full pass: P2 not run here.');
  expect(whatIsOpen(ends('kept', 'broken'))).toBe('');
});
