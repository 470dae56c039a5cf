import { expect, test } from '@jest/globals';
import type { Snowflake } from '@trunkline/kernel';
import { VerdictBook, type Settling } from './verdict-book.js';
import { APPLIED } from './verdict.js';

test('a pass that was given up writes nothing more', async () => {
  let begun = 0;
  let written = 0;
  const giveUp = new AbortController();
  const settling: Settling = async (work) => ((begun += 1), work(null as never, async (rows) => void (written += rows.length)));
  const book = new VerdictBook(settling, giveUp.signal);
  const one = async () => new Map([['1' as Snowflake, APPLIED]]);
  await book.write(one);
  expect([begun, written, book.settled.size]).toEqual([1, 1, 1]);
  giveUp.abort();
  await expect(book.write(one)).rejects.toMatchObject({ status: 503 });
  book.note('2' as Snowflake, APPLIED);
  await expect(book.close()).rejects.toMatchObject({ status: 503 });
  expect([begun, written, book.settled.size]).toEqual([1, 1, 1]);
});

test('nor after a deadlock, when its transaction is begun again', async () => {
  let tries = 0;
  const giveUp = new AbortController();
  const again: Settling = async (work) => {
    for (;;) {
      tries += 1;
      const failed = await work(null as never, () => Promise.reject(new Error('deadlock'))).catch((error: Error) => error);
      if (!(failed instanceof Error) || failed.message !== 'deadlock') throw failed;
      giveUp.abort();
    }
  };
  await expect(new VerdictBook(again, giveUp.signal).write(async () => new Map())).rejects.toMatchObject({ status: 503 });
  expect(tries).toBe(2);
});
