import { expect, jest, test } from '@jest/globals';
import type { Queryable } from '../database.js';
import { DoneMarks } from './done-marks.js';

const ledger = () => {
  const query = jest.fn<(sql: string, params: [string[], string[]]) => Promise<never[]>>(() => Promise.resolve([]));
  return { query, marks: new DoneMarks({ query } as unknown as Queryable) };
};
const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `event-${n}`);

test('marks that come close together are one statement, each under its own consumer', async () => {
  const { query, marks } = ledger();
  await Promise.all([marks.mark('fan-out', ['a', 'b']), marks.mark('notify', ['a']), marks.mark('notify', [])]);
  expect(query.mock.calls.map(([, params]) => params)).toEqual([[['a', 'b', 'a'], ['fan-out', 'fan-out', 'notify']]]);
  await marks.mark('notify', ['b']);
  expect(query).toHaveBeenCalledTimes(2);
});

test('many are written without waiting for more', async () => {
  jest.useFakeTimers();
  try {
    const { query, marks } = ledger();
    await marks.mark('fan-out', ids(100));
    expect(query).toHaveBeenCalledTimes(1);
  } finally {
    jest.useRealTimers();
  }
});

test('what could not be written is told to all who waited, and the next are tried anew', async () => {
  const { query, marks } = ledger();
  query.mockRejectedValueOnce(new Error('away'));
  const told = await Promise.allSettled([marks.mark('fan-out', ['a']), marks.mark('notify', ['a'])]);
  expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await marks.mark('fan-out', ['a']);
  expect(query.mock.calls.at(-1)?.[1]).toEqual([['a'], ['fan-out']]);
});
