import { describe, expect, test } from '@jest/globals';
import { CHEAP_JSON_BYTES, JSON_LIMITS, tooMuchJson } from './json-cost.js';

const judge = (value: unknown, limits = JSON_LIMITS) => tooMuchJson(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), limits);
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('what strangers have sent', () => {
  test.each([
    ['ten thousand mentions', { tag: many(10_000, (n) => ({ type: 'Mention', href: `https://a.example/${n}`, name: '@x' })) }],
    ['twenty thousand followers', { orderedItems: many(20_000, (n) => `https://a.example/${n}`) }],
    ['objects of hundreds of forms', many(400, (n) => ({ [`extension${n}`]: 1, type: 'Note', id: n }))],
    ['a long text full of brackets, quotes and commas', { content: '{"a":1},['.repeat(50_000) }],
  ])('%s are fine', (_name, value) => {
    expect(judge(value)).toBeNull();
  });
});

// On this engine each of the texts named here took from 15 to 180 ms to parse.
describe('what is made up to cost time', () => {
  test.each([
    ['names in one object', Object.fromEntries(many(80_000, (n) => [`k${n}`, 0])), 'shapes'],
    ['names in many objects', many(800, (o) => Object.fromEntries(many(100, (n) => [`k${o}_${n}`, 0]))), 'shapes'],
    ['the same few names in every order', many(7_000, (n) => Object.fromEntries([...n.toString(2).padStart(13, '0')].map((bit, at) => [`${bit}${at}`, 0]))), 'shapes'],
    ['depth', nested(65), 'depth'],
  ])('%s', (_name, value, expected) => {
    expect(judge(value)).toBe(expected);
  });
});

test('depth is told to the level, and not within texts', () => {
  expect([judge(nested(64)), judge(nested(65)), judge({ a: '[[[[\\"[[['.repeat(50) })]).toEqual([null, 'depth', null]);
});

test('the same names in the same order are one shape, in another order another', () => {
  const limits = { ...JSON_LIMITS, shapesMax: 3 };
  expect(judge('[{"a":1,"b":{}},{"a":2,"b":[]},{"a":3,"b":4}]', limits)).toBeNull();
  expect(judge('[{"a":1,"b":2},{"b":1,"a":2}]', limits)).toBe('shapes');
});

test('what is no JSON is judged as far as it goes', () => {
  for (const text of ['', '"', ':', ':::{', ']]]]:', '{"a', '{"a\\', '"\\"', ',,,']) expect(judge(text)).toBeNull();
});

test('nothing shorter is too much', () => {
  const shortest = `{${many(JSON_LIMITS.shapesMax + 1, (n) => `"${n.toString(36)}":0`).join(',')}}`;
  expect(judge(shortest)).toBe('shapes');
  expect(shortest.length).toBeGreaterThan(CHEAP_JSON_BYTES);
});
