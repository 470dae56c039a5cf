import { expect, test } from '@jest/globals';
import { WaitingPosts } from './waiting-posts.js';

const post = (id: number, padding: unknown) => ({ id, json: { id: `https://far.example/${id}`, padding } });

test('gives back what answers a parent, once, in the order in which it came', () => {
  const waiting = new WaitingPosts<ReturnType<typeof post>>();
  for (const id of [1, 2, 3]) expect(waiting.keep(id === 2 ? 'b' : 'a', post(id, 'x'))).toBe(true);
  expect(waiting.take('a').map(({ id }) => id)).toEqual([1, 3]);
  expect(waiting.take('a')).toEqual([]);
  expect(waiting.take('b').map(({ id }) => id)).toEqual([2]);
});

// S084, S097: five hundred documents of a megabyte each answered what never came, and were held until the reading ended.
test.each([
  ['long texts', () => 'x'.repeat(1_000_000)],
  ['many values', () => Array.from({ length: 60_000 }, (_, at) => ({ at }))],
  ['long names', () => ({ ['n'.repeat(1_000_000)]: 0 })],
])('holds no more than there is room for: %s', (_what, padding) => {
  const waiting = new WaitingPosts<ReturnType<typeof post>>();
  const kept = Array.from({ length: 50 }, (_, id) => post(id, padding())).filter((one) => waiting.keep('never', one));
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThan(5);
  // What comes of it makes room again.
  expect(waiting.take('never')).toHaveLength(kept.length);
  expect(waiting.keep('other', post(51, padding()))).toBe(true);
});
