import { expect, test } from '@jest/globals';
import { Gathering } from './gathering.js';

/** Two kinds of reads, and the calls that were made of each. */
function reads() {
  const calls: string[] = [];
  const gathering = new Gathering();
  const load = (kind: string) => async (keys: readonly number[]) => {
    calls.push(`${kind} ${[...keys].sort((a, b) => a - b).join(' ')}`);
    // Not all kinds take equally long.
    if (kind === 'slow') await new Promise((resolve) => setTimeout(resolve, 5));
    if (keys.includes(13)) throw new Error('no 13');
    return new Map(keys.filter((key) => key > 0).map((key) => [String(key), `${kind}${key}`]));
  };
  return { calls, fast: gathering.one(String, load('fast')), slow: gathering.one(String, load('slow')), gathering };
}

test('what many wait for is asked together, round by round, nothing twice', async () => {
  const { calls, fast, slow } = reads();
  const walk = async (key: number): Promise<unknown[]> => {
    const first = key % 2 === 0 ? await slow(key) : await fast(key);
    return [first, await fast(7), await slow(100 + key), await fast(key)];
  };
  expect(await Promise.all([1, 2, 3, 4].map(walk))).toEqual([1, 2, 3, 4].map((key) => [key % 2 === 0 ? `slow${key}` : `fast${key}`, 'fast7', `slow${100 + key}`, `fast${key}`]));
  expect(calls).toEqual(['fast 1 3', 'slow 2 4', 'fast 7', 'slow 101 102 103 104', 'fast 2 4']);
});

test('what is unknown is nothing; who asked for what fails hears so, the others too whose call it was, and nobody else', async () => {
  const { fast, slow, gathering } = reads();
  const rows = gathering.many(async (ids: readonly string[]) => ids.filter((id) => id !== 'b').map((id) => ({ id })));
  const [none, one, thirteen, other, some] = await Promise.allSettled([slow(0), slow(1), fast(13), fast(2), rows(['a', 'b', 'c', 'a'])]);
  expect([none, one]).toMatchObject([{ value: undefined }, { value: 'slow1' }]);
  expect([thirteen, other].map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(some).toMatchObject({ value: [{ id: 'a' }, { id: 'c' }] });
  expect(await fast(3)).toBe('fast3');
});
