import { describe, expect, test } from '@jest/globals';
import { formFromPairs, parseForm } from './form-body.js';
import { parseJsonBody } from './json-body.js';

const json = (text: string): unknown => parseJsonBody(Buffer.from(text));

describe('JSON bodies', () => {
  test('an empty body is an empty object, as clients send the type without a body', () => {
    expect(json('')).toEqual({});
  });

  test.each(['{', 'nope', '[1,]', '{"a":1}x', '"\\u12"', '\u0000'])('%j is 400', (text) => {
    expect(() => json(text)).toThrow(expect.objectContaining({ status: 400, code: 'bad_json' }));
  });

  test('bytes that are not UTF-8 are 400', () => {
    expect(() => parseJsonBody(Buffer.from([0x22, 0xff, 0x22]))).toThrow(expect.objectContaining({ status: 400 }));
  });

  test.each(['{"__proto__":{"x":1}}', '{"a":[{"\\u005f_proto__":1}]}', '{"a":{"__\\u0070roto__":1}}'])('%s is 400', (text) => {
    expect(() => json(text)).toThrow(expect.objectContaining({ status: 400 }));
  });

  test('the name of the prototype in a text is nothing but a text', () => {
    expect(json('{"status":"why __proto__ hurts \\u0041"}')).toEqual({ status: 'why __proto__ hurts A' });
  });

  test('NULs are left out of texts, an escaped backslash before the digits is none', () => {
    expect(json('{"a":"x\\u0000y","b":["\\u0000"],"c":"\\\\u0000"}')).toEqual({ a: 'xy', b: [''], c: '\\u0000' });
    expect(json('["\\\\\\u0000","\\u0000\\u0000\\\\u0000\\\\\\\\\\u0000z"]')).toEqual(['\\', '\\u0000\\\\z']);
    expect(() => json('{"__proto__":"\\u0000"}')).toThrow(expect.objectContaining({ status: 400 }));
  });

  test('S055 what is JSON only without its NULs is none: it is stored as it came', () => {
    for (const text of ['{"a":"\\u00\\u000041"}', '{"a":"\\\\u00004"', '{"a":1\\u0000}']) expect(() => json(text)).toThrow(expect.objectContaining({ status: 400, code: 'bad_json' }));
  });

  test('S055 S084 more than 20,000 values are refused before they are parsed, and long texts are not', () => {
    const list = (count: number): string => `[${'0,'.repeat(count)}0]`;
    expect(json(list(20_000))).toHaveLength(20_001);
    expect(() => json(list(20_001))).toThrow(expect.objectContaining({ status: 413, code: 'too_many_values' }));
    expect(json(JSON.stringify({ content: 'a word, and another; '.repeat(15_000) }))).toHaveProperty('content');
  });

  // Brackets in strings do not nest; a megabyte of brackets is refused before anything recurses.
  test('nesting is bounded at 64', () => {
    expect(json(`${'['.repeat(64)}${']'.repeat(64)}`)).toBeDefined();
    expect(() => json(`${'['.repeat(65)}${']'.repeat(65)}`)).toThrow(expect.objectContaining({ status: 400 }));
    expect(() => json('['.repeat(1_000_000))).toThrow(expect.objectContaining({ status: 400 }));
    // Names made up for it: 40,000 in objects of a hundred took the parser 90 ms.
    const names = Array.from({ length: 150 }, (_, o) => Object.fromEntries(Array.from({ length: 100 }, (__, n) => [`${o}_${n}`, 0])));
    expect(() => json(JSON.stringify(names))).toThrow(expect.objectContaining({ status: 400 }));
    expect(json(`{"a":"${'['.repeat(1_000)}\\""}`)).toBeDefined();
  });
});

test('S088 a thousand escaped NULs are left out, more are no JSON; back slashes and digits alone are letters', () => {
  const nuls = (count: number): string => `{"a":"${'\\u0000'.repeat(count)}"}`;
  expect(json(nuls(1_000))).toEqual({ a: '' });
  expect(() => json(nuls(1_001))).toThrow(expect.objectContaining({ status: 400, code: 'bad_json' }));
  expect(json(`{"a":"${'u0000'.repeat(50_000)}","b":"${'\\\\'.repeat(50_000)}u0000"}`)).toEqual({ a: 'u0000'.repeat(50_000), b: `${'\\'.repeat(50_000)}u0000` });
});

test('S084 lists that hold nothing are counted as well', () => {
  const lists = (count: number): string => `[${'[[[]]],'.repeat(count / 3)}0]`;
  expect((json(lists(18_000)) as unknown[]).length).toBe(6_001);
  expect(() => json(lists(24_000))).toThrow(expect.objectContaining({ status: 400, code: 'bad_json' }));
});

describe('forms and queries', () => {
  test('arrays and nested names are read as Rails does', () => {
    expect(parseForm('media_ids[]=1&media_ids[]=2&poll[options][]=a&poll[options][]=b&poll[expires_in]=60')).toEqual({
      media_ids: ['1', '2'],
      poll: { options: ['a', 'b'], expires_in: '60' },
    });
    expect(parseForm('fields_attributes[0][name]=x&fields_attributes[0][value]=y')).toEqual({ fields_attributes: [{ name: 'x', value: 'y' }] });
    expect(parseForm('id%5B%5D=1&q=a+b%20c')).toEqual({ id: ['1'], q: 'a b c' });
  });

  test('NULs are left out, however they are written', () => {
    expect(parseForm('a%00b=c%00d&e=%2500&f=\0x')).toEqual({ ab: 'cd', e: '%00', f: 'x' });
  });

  test('a multipart form means the same', () => {
    expect(formFromPairs([['media_ids[]', '1'], ['media_ids[]', '2'], ['status', 'a&b=c']])).toEqual({ media_ids: ['1', '2'], status: 'a&b=c' });
  });

  test('names of the prototype are ignored, depth and count are bounded', () => {
    expect(parseForm('__proto__[x]=1&constructor[prototype][x]=1&toString=1')).toEqual({});
    expect(({} as { x?: unknown }).x).toBeUndefined();
    expect(Object.keys(parseForm(Array.from({ length: 5_000 }, (_, i) => `k${i}=1`).join('&')))).toHaveLength(1_000);
    expect(JSON.stringify(parseForm(`a${'[b]'.repeat(50)}=1`)).split('{').length).toBeLessThan(10);
  });

  test.each(['%', '%zz=1', '=&=&', '[]=1', 'a[=1', '&'.repeat(100_000)])('a broken query is read as far as it goes: %j', (text) => {
    expect(() => parseForm(text)).not.toThrow();
  });
});
