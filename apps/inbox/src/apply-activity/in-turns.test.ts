import { expect, test } from '@jest/globals';
import { chunksOf, inTurns } from './in-turns.js';

/** Holds the event loop. */
const hold = (ms: number): void => {
  for (const endMs = performance.now() + ms; performance.now() < endMs; );
};

/** Somebody else who wants every turn there is. */
function everyTurn(work: () => void): () => void {
  let next = setImmediate(function turn() {
    work();
    next = setImmediate(turn);
  });
  return () => clearImmediate(next);
}

test('others get their turn between what takes long', async () => {
  const seen: string[] = [];
  const stop = everyTurn(() => seen.push('other'));
  const results = await inTurns(['a', 'b', 'c', 'd'], (name) => (hold(10), seen.push(name), name));
  stop();
  expect(results).toEqual(['a', 'b', 'c', 'd']);
  for (const [one, next] of [['a', 'b'], ['b', 'c'], ['c', 'd']] as const) expect(seen.slice(seen.indexOf(one), seen.indexOf(next))).toContain('other');
});

test('what is short goes in one turn', async () => {
  let turns = 0;
  const stop = everyTurn(() => (turns += 1));
  expect(await inTurns([1, 2, 3], (n) => n * 2)).toEqual([2, 4, 6]);
  stop();
  expect(turns).toBe(0);
});

test('large rows go in small company, one beyond the bound alone', () => {
  const sizes = (lengths: readonly number[]) => [...chunksOf(lengths.map((length) => ({ body: 'x'.repeat(length) })), 3, 100)].map((chunk) => chunk.map(({ body }) => body.length));
  expect(sizes([10, 10, 10, 10])).toEqual([[10, 10, 10], [10]]);
  expect(sizes([60, 40, 1, 500, 2])).toEqual([[60, 40], [1], [500], [2]]);
  expect(sizes([])).toEqual([]);
});
