import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Queryable } from '../database.js';
import type { DoneMark } from './done.js';
import { UnflushedMarks } from './unflushed-marks.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A table of marks that can be away, and forget. */
class Ledger implements Queryable {
  readonly noted: string[] = [];
  isAway = false;
  questions = 0;

  query<T>(sql: string, [eventIds, consumers]: [string[], string[]]): Promise<T[]> {
    if (this.isAway) return Promise.reject(new Error('away'));
    const marks = eventIds.map((eventId, index) => `${eventId} ${consumers[index]}`);
    if (sql.startsWith('INSERT')) {
      this.noted.push(...marks);
      return Promise.resolve([]);
    }
    this.questions += 1;
    return Promise.resolve(marks.flatMap((mark, place) => (this.noted.includes(mark) ? [] : [{ place } as T])));
  }

  holds(marks: readonly DoneMark[]): void {
    this.noted.push(...marks.map(({ eventId, consumer }) => `${eventId} ${consumer}`));
  }
}
const marksOf = (...eventIds: string[]): DoneMark[] => eventIds.map((eventId) => ({ eventId, consumer: 'fan-out' }));
const text = (...eventIds: string[]): string[] => eventIds.map((eventId) => `${eventId} fan-out`);

test('what a crash forgot is written again, whole batches of it, and what is there is left alone', async () => {
  const ledger = new Ledger();
  const unflushed = new UnflushedMarks(ledger);
  ledger.holds(marksOf('a', 'b'));
  unflushed.keep(marksOf('a', 'b'));
  unflushed.keep(marksOf('c', 'd'));
  await jest.advanceTimersByTimeAsync(1_000);
  expect(ledger.noted).toEqual(text('a', 'b', 'c', 'd'));
});

test('what was written again is looked at again, and then no more', async () => {
  const ledger = new Ledger();
  const unflushed = new UnflushedMarks(ledger);
  unflushed.keep(marksOf('a'));
  await jest.advanceTimersByTimeAsync(1_000);
  expect(ledger.noted).toEqual(text('a'));
  ledger.noted.length = 0;
  await jest.advanceTimersByTimeAsync(1_000);
  expect(ledger.noted).toEqual(text('a'));
  await jest.advanceTimersByTimeAsync(60_000);
  expect(ledger.noted).toEqual(text('a'));
  expect(ledger.questions).toBe(3);
  expect(jest.getTimerCount()).toBe(0);
});

test('a mark is not believed to be on the disk before its time', async () => {
  const ledger = new Ledger();
  const unflushed = new UnflushedMarks(ledger);
  ledger.holds(marksOf('a', 'b'));
  unflushed.keep(marksOf('a'));
  await jest.advanceTimersByTimeAsync(900);
  unflushed.keep(marksOf('b'));
  await jest.advanceTimersByTimeAsync(100);
  ledger.noted.length = 0;
  await jest.advanceTimersByTimeAsync(1_000);
  expect(ledger.noted).toEqual(text('b'));
});

test('while Postgres is away they wait, but not for longer than the sweep takes', async () => {
  const ledger = new Ledger();
  ledger.isAway = true;
  const unflushed = new UnflushedMarks(ledger);
  unflushed.keep(marksOf('a'));
  await jest.advanceTimersByTimeAsync(100_000);
  unflushed.keep(marksOf('b'));
  await jest.advanceTimersByTimeAsync(30_000);
  ledger.isAway = false;
  await jest.advanceTimersByTimeAsync(1_000);
  expect(ledger.noted).toEqual(text('b'));
});

test('of very many the oldest are left to the sweep', async () => {
  const ledger = new Ledger();
  const unflushed = new UnflushedMarks(ledger);
  for (let n = 0; n < 201; n += 1) unflushed.keep(marksOf(...Array.from({ length: 100 }, (_, index) => `${n}-${index}`)));
  await jest.advanceTimersByTimeAsync(1_000);
  expect(ledger.noted).toHaveLength(20_000);
  expect(ledger.noted[0]).toBe('1-0 fan-out');
});
