import { expect, test } from '@jest/globals';
import { processorTime, readProcessorTime, shareOfOthers } from './processor-time.js';

const stat = (pid: number, name: string, parent: number, times: readonly number[]): string => `${pid} (${name}) S ${parent} 1 1 0 -1 4194304 100 0 0 0 ${times.join(' ')} 20 0 1 0`;

// A driver, its server (named to confuse), a worker of that, and somebody else's process.
const processes = [stat(10, 'node', 1, [5, 5, 20, 0]), stat(11, 'odd) name (', 10, [30, 0, 0, 0]), stat(12, 'worker', 11, [0, 7, 0, 0]), stat(90, 'other', 1, [500, 0, 0, 0])];
const machine = (user: number, idle: number, steal = 0): string => `cpu  ${user} 0 0 ${idle} 0 0 0 ${steal} 0 0\ncpu0 1 1 1 1\n`;

test('what a process and all that it started took is its own, those that ended included', () => {
  expect(processorTime(machine(1_000, 400), processes, 10)).toEqual({ all: 1_400, busy: 1_000, own: 67 });
});

test('the rest of what is busy is others, and so is what the host takes away', () => {
  const from = { all: 1_000, busy: 500, own: 100 };
  expect(shareOfOthers(from, { all: 2_000, busy: 1_400, own: 500 })).toBeCloseTo(0.5);
  expect(shareOfOthers(from, { all: 2_000, busy: 1_400, own: 1_000 })).toBe(0);
  expect(processorTime(machine(100, 100, 50), [], 10).busy).toBe(150);
});

test('where nobody can look, nobody knows', () => {
  expect(shareOfOthers(null, { all: 1, busy: 1, own: 1 })).toBeNull();
  const now = readProcessorTime();
  // On Linux there is a number, and no time has passed between a look and itself.
  expect(shareOfOthers(now, now)).toBeNull();
});
