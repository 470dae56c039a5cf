import { expect, test } from '@jest/globals';
import { StrangerBudget } from './stranger-budget.js';

function budgetOf(followsTo: (domain: string) => number = () => 0) {
  const counts = new Map<string, number>();
  const clock = { ms: 0 };
  const full: string[] = [];
  let isAway = false;
  const budget = new StrangerBudget({
    clock: { nowMs: () => clock.ms },
    followsTo: async (domain) => followsTo(domain),
    onFull: (domain) => full.push(domain),
    onFault: () => full.push('fault'),
    rates: {
      hit: async (key, _limit, seconds, hits = 1) => {
        if (isAway) throw new Error('away');
        const name = `${key} ${Math.floor(clock.ms / seconds / 1_000)}`;
        counts.set(name, (counts.get(name) ?? 0) + hits);
        return { count: counts.get(name) ?? 0, resetAtMs: 0 };
      },
    },
  });
  return { budget, clock, full, goAway: () => (isAway = true) };
}

test('S094 a domain that nobody knows is heard by three hundred people in an hour, under whatever names', async () => {
  const { budget, clock, full } = budgetOf();
  expect([await budget.admit('evil.example', 250), await budget.admit('u1.evil.example', 250), await budget.admit('u2.evil.example', 250)]).toEqual([250, 50, 0]);
  expect(full).toEqual(['u1.evil.example']);
  expect(await budget.admit('other.example', 250)).toBe(250);
  clock.ms += 3_600_000;
  expect(await budget.admit('evil.example', 250)).toBe(250);
});

test('whom many here follow there speaks to as many as it likes', async () => {
  const { budget } = budgetOf(() => 40);
  for (let n = 0; n < 17; n += 1) expect(await budget.admit('large.example', 250)).toBe(250);
});

test('while nobody counts all is told', async () => {
  const { budget, goAway, full } = budgetOf();
  goAway();
  for (let n = 0; n < 4; n += 1) expect(await budget.admit('evil.example', 250)).toBe(250);
  expect(full).toEqual(Array(4).fill('fault'));
});
