import { expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import type { ChunkFailure, ChunkProgress } from '@trunkline/persistence';
import { ChunkLedger } from './chunk-ledger.js';

const [ONE, TWO] = [snowflake('1'), snowflake('2')];
const FAILURE: ChunkFailure = { inbox: 'b', host: 'b', reason: 'timeout', notBefore: null };
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('chunks that end together are one write', async () => {
  const writes: (readonly ChunkProgress[])[] = [];
  const ledger = new ChunkLedger(async (progress) => writes.push(progress), { tickMs: 5 });
  const closed = [ledger.begin(ONE, ['a', 'b']), ledger.begin(TWO, ['c'])];
  ledger.settle(ONE, 'a', null);
  ledger.settle(ONE, 'b', FAILURE);
  ledger.settle(TWO, 'c', null);
  await Promise.all(closed);
  expect(writes).toEqual([[{ id: ONE, waiting: [], failures: [FAILURE] }, { id: TWO, waiting: [], failures: [] }]]);
});

test('an open chunk tells how it gets on, each failure once, and that it is still held', async () => {
  const writes: ChunkProgress[] = [];
  const ledger = new ChunkLedger(async ([progress]) => progress !== undefined && writes.push(progress), { tickMs: 2, progressMs: 4, renewMs: 20 });
  const closed = ledger.begin(ONE, ['a', 'b', 'c']);
  ledger.settle(ONE, 'b', FAILURE);
  while (writes.length < 2) await sleep(2);
  ledger.settle(ONE, 'a', null);
  ledger.settle(ONE, 'c', null);
  await closed;
  expect(writes.slice(0, 2)).toEqual([{ id: ONE, waiting: ['a', 'c'], failures: [FAILURE] }, { id: ONE, waiting: ['a', 'c'], failures: [] }]);
  expect(writes.at(-1)).toEqual({ id: ONE, waiting: [], failures: [] });
});

test('what could not be written is told again, until the lease is over', async () => {
  let away = true;
  const writes: ChunkProgress[] = [];
  const ledgerOf = (giveUpMs: number) => new ChunkLedger(async ([progress]) => {
    if (away) throw new Error('away');
    if (progress !== undefined) writes.push(progress);
  }, { tickMs: 1, giveUpMs });
  const ledger = ledgerOf(60_000);
  const closed = ledger.begin(ONE, ['b']);
  ledger.settle(ONE, 'b', FAILURE);
  await sleep(10);
  away = false;
  await closed;
  expect(writes).toEqual([{ id: ONE, waiting: [], failures: [FAILURE] }]);
  away = true;
  const impatient = ledgerOf(60);
  const lost = impatient.begin(TWO, ['c']);
  impatient.settle(TWO, 'c', null);
  await expect(lost).rejects.toThrow('away');
});
