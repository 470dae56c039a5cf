import { expect, test } from '@jest/globals';
import { ok } from '@trunkline/kernel';
import { ReadingBudget } from './reading-budget.js';

const LIMITS = { documentsMax: 500, pagesMax: 100, perHostMax: 200, msMax: 120_000 };

function budgetAt(signal = new AbortController().signal) {
  const clock = { ms: 0 };
  const budget = new ReadingBudget(LIMITS, signal, () => clock.ms);
  const ask = (url: string, tookMs: number) => budget.timed(url, async () => ((clock.ms += tookMs), ok('answer')));
  return { budget, clock, ask };
}

test('S096 a domain that drips is left alone after twenty seconds, also under other names, and others are asked on', async () => {
  const { budget, clock, ask } = budgetAt();
  for (let n = 0; n < 5; n += 1) expect((await ask(`https://drip.example/${n}`, 5_000)).ok).toBe(n < 4);
  expect(clock.ms).toBe(20_000);
  expect([budget.takeDocument('https://drip.example/x'), budget.takePage('https://u7.drip.example/x')]).toEqual([false, false]);
  expect((await ask('https://u8.drip.example/author', 1)).ok).toBe(false);
  expect([budget.takeDocument('https://other.example/x'), (await ask('https://other.example/x', 5)).ok]).toEqual([true, true]);
});

test('a server that is merely far away is asked for all that there is', async () => {
  const { ask, budget } = budgetAt();
  for (let n = 0; n < 40; n += 1) expect((await ask(`https://far.example/${n}`, 2_900)).ok).toBe(true);
  expect(budget.takeDocument('https://far.example/x')).toBe(true);
});

test('when its time is over nobody is asked', async () => {
  const { ask, clock } = budgetAt();
  clock.ms = LIMITS.msMax;
  expect(await ask('https://late.example/', 1)).toEqual({ ok: false, error: { code: 'busy' } });
  expect(clock.ms).toBe(LIMITS.msMax);
});
