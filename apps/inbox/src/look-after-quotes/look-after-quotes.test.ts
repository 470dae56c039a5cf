import { expect, test } from '@jest/globals';
import type { StatusId } from '@trunkline/kernel';
import { lookAfterQuotes } from './look-after-quotes.js';

const ids = (count: number): StatusId[] => Array.from({ length: count }, (_, at) => String(at + 1) as StatusId);

test.each([0, 1, 16])('%i open quotes are each looked at once, four at a time; one that fails stops no other', async (count) => {
  const settled: StatusId[] = [];
  const failed: StatusId[] = [];
  let [now, most] = [0, 0];
  const settle = async (id: StatusId): Promise<void> => {
    most = Math.max(most, (now += 1));
    await Promise.resolve();
    now -= 1;
    if (id === '1') throw new Error('no');
    settled.push(id);
  };
  expect(await lookAfterQuotes({ claim: async (limit) => ids(count).slice(0, limit), settle, onError: (id) => void failed.push(id) })).toBe(count);
  expect([...settled, ...failed].sort()).toEqual(ids(count).sort());
  expect(failed).toEqual(ids(count).filter((id) => id === '1'));
  expect(most).toBeLessThanOrEqual(4);
});
