import { describe, expect, test } from '@jest/globals';
import { parseJson } from './json-document.js';
import { isActivityType, isJsonType, mediaTypeOf } from './media-type.js';

describe('parseJson', () => {
  test.each([
    ['{"a":[{"b":1}]}', 3, true],
    ['{"a":[{"b":1}]}', 2, false],
    // Brackets inside strings do not nest, also after an escaped quote.
    ['{"a":"[[[[\\"[[["}', 1, true],
    ['['.repeat(1_000_000), 64, false],
    ['{"a":1', 64, false],
    ['', 64, false],
    ['\u{feff}{"a":1}', 64, true],
  ])('%.30s with a depth of %i at most', (text, depthMax, isGood) => {
    expect(parseJson(Buffer.from(text), depthMax).ok).toBe(isGood);
  });

  test('bytes that are no UTF-8 are no JSON', () => {
    expect(parseJson(Buffer.from([0x22, 0xff, 0xfe, 0x22]), 9)).toMatchObject({ ok: false, error: { code: 'bad_json' } });
  });
});

test.each([
  ['application/activity+json', true],
  ['Application/Activity+JSON; charset=utf-8', true],
  ['application/ld+json; profile="https://www.w3.org/ns/activitystreams"', true],
  ['application/ld+json;charset=utf-8;profile="https://example.org https://www.w3.org/ns/activitystreams"', true],
  ['application/ld+json; profile=https://www.w3.org/ns/activitystreams', true],
  ['application/ld+json', false],
  ['application/ld+json; profile="https://www.w3.org/ns/activitystreams.evil"', false],
  ['application/json', false],
  ['text/html; x=application/activity+json', false],
  ['', false],
])('%p as an ActivityPub document: %p', (header, isGood) => {
  expect(isActivityType(mediaTypeOf(header), header)).toBe(isGood);
});

test.each([
  ['application/jrd+json', true],
  ['application/json', true],
  ['application/activity+json', true],
  ['text/html', false],
  ['application/jsonp', false],
])('%s as JSON: %p', (type, isGood) => {
  expect(isJsonType(type)).toBe(isGood);
});

test('S075 S084 a document of more than 30,000 values is no document', () => {
  const list = (count: number): Buffer => Buffer.from(`[${'0,'.repeat(count)}0]`);
  expect(parseJson(list(30_000), 64).ok).toBe(true);
  expect(parseJson(list(60_001), 64)).toMatchObject({ ok: false, error: { code: 'bad_json' } });
});
