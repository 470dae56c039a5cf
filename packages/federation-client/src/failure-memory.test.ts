import { expect, test } from '@jest/globals';
import { FailureMemory } from './failure-memory.js';

test('a failure is recalled until its time is over', () => {
  let nowMs = 1_000;
  const memory = new FailureMemory(60_000, 10, () => nowMs);
  memory.remember('a', { code: 'timeout' });
  nowMs += 59_999;
  expect(memory.recall('a')).toEqual({ code: 'timeout' });
  nowMs += 1;
  expect(memory.recall('a')).toBeNull();
});

test('the oldest failure makes room for a new one', () => {
  const memory = new FailureMemory(60_000, 2, () => 0);
  for (const key of ['a', 'b', 'a', 'c']) memory.remember(key, { code: 'network' });
  expect(['a', 'b', 'c'].map((key) => memory.recall(key)?.code)).toEqual(['network', undefined, 'network']);
});

test.each(['busy', 'closed', 'blocked_domain'] as const)('%s is not remembered', (code) => {
  const memory = new FailureMemory(60_000, 2, () => 0);
  memory.remember('a', { code });
  expect(memory.recall('a')).toBeNull();
});
