import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Queryable } from '../database.js';
import { DatabaseClock } from './database-clock.js';

/** This process's monotonic clock, moved by hand. */
let elapsedMs: number;
const real = performance;
const put = (value: Pick<typeof performance, 'now'>): void => void Object.defineProperty(globalThis, 'performance', { value, configurable: true, writable: true });
beforeEach(() => {
  elapsedMs = 5_000;
  put({ now: () => elapsedMs });
});
afterEach(() => put(real));

/** A database whose clock goes `aheadMs` before this process's, and how long a question and its answer are under way. */
class FarDatabase implements Queryable {
  aheadMs = 1_000_000;
  thereMs = 0;
  backMs = 0;

  async query<R>(): Promise<R[]> {
    elapsedMs += this.thereMs;
    const ms = elapsedMs + this.aheadMs;
    elapsedMs += this.backMs;
    return [{ ms }] as R[];
  }
}

async function started(database: FarDatabase) {
  const clock = await DatabaseClock.start(database);
  clock.stop();
  const ahead = (): number => clock.nowMs() - elapsedMs;
  return { ahead, measured: async () => (await clock.measure(), ahead()) };
}

test.each([[4_000, 0], [0, 4_000]])('an answer that takes long, %i ms there and %i back, moves no time that agrees with it', async (thereMs, backMs) => {
  const database = new FarDatabase();
  const { measured } = await started(database);
  Object.assign(database, { thereMs, backMs });
  expect(await measured()).toBe(1_000_000);
});

test('a first measurement that was slow is put right by a better one', async () => {
  const database = new FarDatabase();
  database.thereMs = 600;
  const { ahead, measured } = await started(database);
  expect(ahead()).toBe(1_000_300);
  database.thereMs = 10;
  expect(await measured()).toBe(1_000_010);
  database.thereMs = 0;
  expect(await measured()).toBe(1_000_000);
});

test('what went another way is followed', async () => {
  const database = new FarDatabase();
  const { measured } = await started(database);
  for (const aheadMs of [1_000_007, 999_000]) {
    database.aheadMs = aheadMs;
    expect(await measured()).toBe(aheadMs);
  }
});
