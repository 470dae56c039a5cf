import { describe, expect, test } from '@jest/globals';
import { Backlog, type BacklogFacts } from './backlog.js';

const SETTINGS = { rowsMax: 800, domainShare: 1 / 8, secondsMax: 600, lateRowsMin: 50 };
const facts = (rows: number, overdueSeconds = 0, byHost: Record<string, number> = {}): BacklogFacts => ({
  rows,
  overdueSeconds,
  rowsByHost: new Map(Object.entries(byHost)),
});

async function looked(found: BacklogFacts): Promise<Backlog> {
  const backlog = new Backlog(async () => found, () => undefined, SETTINGS);
  await backlog.look();
  return backlog;
}

describe('the backlog', () => {
  test.each([
    ['nothing waits', facts(0), false],
    ['as many as may', facts(799), false],
    ['one more', facts(800), true],
    ['many, for long', facts(50, 601), true],
    // A few that nobody can apply must not close the door for ever.
    ['few, for long', facts(49, 90_000), false],
  ])('%s', async (_, found, isFull) => {
    expect((await looked(found)).isFull).toBe(isFull);
  });

  test('one domain may have its share of it, counted over its hosts', async () => {
    const backlog = await looked(facts(300, 0, { 'a.crowd.example': 60, 'b.crowd.example': 40, 'calm.example': 99 }));
    expect(['a.crowd.example', 'c.crowd.example', 'calm.example', 'new.example'].map((host) => backlog.isFullFor(host))).toEqual([true, true, false, false]);
    expect(backlog.isFull).toBe(false);
  });

  // Or a crowd would come in between two looks.
  test('what was added since the last look counts, until the next one', async () => {
    const backlog = await looked(facts(700, 0, { 'calm.example': 60 }));
    for (let n = 0; n < 40; n += 1) backlog.add('a.calm.example');
    expect([backlog.isFullFor('calm.example'), backlog.isFullFor('b.example'), backlog.isFull, backlog.rows]).toEqual([true, false, false, 740]);
    for (let n = 0; n < 60; n += 1) backlog.add('b.example');
    expect(backlog.isFull).toBe(true);
    await backlog.look();
    expect([backlog.isFullFor('calm.example'), backlog.isFull]).toEqual([false, false]);
  });

  test('while the store is away the last look counts', async () => {
    let found: BacklogFacts | null = facts(900);
    const errors: unknown[] = [];
    const measure = async (): Promise<BacklogFacts> => {
      if (found === null) throw new Error('away');
      return found;
    };
    const backlog = new Backlog(measure, (error) => errors.push(error), SETTINGS);
    await backlog.look();
    found = null;
    await backlog.look();
    expect([backlog.isFull, errors.length]).toEqual([true, 1]);
    found = facts(3);
    await backlog.look();
    expect(backlog.isFull).toBe(false);
  });
});
