import { describe, expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import fc from 'fast-check';
import { feedMerge, feedPage, formatFeedEntry, parseFeedEntry, type FeedEntry } from './feed.js';
import { limitOf, pageOf } from './paging.js';

const entry = (status: number, boostOf: number | null = null): FeedEntry => ({
  statusId: snowflake(String(status)), authorId: snowflake('1'), boostOfId: boostOf === null ? null : snowflake(String(boostOf)),
});
const ids = (entries: readonly FeedEntry[]): number[] => entries.map(({ statusId }) => Number(statusId));
const page = (raw: object, limit = 3) => pageOf({ limit, ...raw }, 20);

test('an entry survives its text, damaged text is nothing', () => {
  for (const each of [entry(12), entry(13, 12)]) expect(parseFeedEntry(formatFeedEntry(each))).toEqual(each);
  for (const text of ['', '1:2', '1:2:x', '1:2:3:4', '01:2:0', 'a:b:c']) expect(parseFeedEntry(text)).toBeNull();
});

describe('merging', () => {
  test('newest first, each status once, ids compared as numbers', () => {
    expect(ids(feedMerge([[entry(9), entry(100)], [entry(10), entry(9)]]))).toEqual([100, 10, 9]);
  });

  test('a boost goes when its status, or an earlier boost of it, stands within the window', () => {
    expect(ids(feedMerge([[entry(1), entry(2, 1), entry(3), entry(4, 50), entry(5, 50)]]))).toEqual([4, 3, 1]);
  });

  test('beyond the window it shows again', () => {
    const between = [entry(2), entry(3)];
    expect(ids(feedMerge([[entry(1), ...between, entry(9, 1)]], 2))).toEqual([9, 3, 2, 1]);
    expect(ids(feedMerge([[entry(1), ...between, entry(9, 1)]], 3))).toEqual([3, 2, 1]);
  });

  test('a new boost never removes what a client has seen', () => {
    const entries = fc.uniqueArray(fc.record({ status: fc.integer({ min: 1, max: 60 }), boost: fc.option(fc.integer({ min: 1, max: 8 })) }), {
      selector: ({ status }) => status, maxLength: 40,
    });
    fc.assert(fc.property(entries, fc.integer({ min: 1, max: 8 }), (list, boosted) => {
      const before = list.map(({ status, boost }) => entry(status, boost));
      expect(ids(feedMerge([before, [entry(99, boosted)]])).filter((status) => status !== 99)).toEqual(ids(feedMerge([before])));
    }));
  });
});

describe('paging', () => {
  const list = [9, 8, 7, 6, 5, 4].map((status) => entry(status));

  test.each<[object, number[]]>([
    [{}, [9, 8, 7]],
    [{ maxId: '7' }, [6, 5, 4]],
    [{ sinceId: '4' }, [9, 8, 7]],
    [{ minId: '4' }, [7, 6, 5]],
    [{ minId: '4', sinceId: '8' }, [7, 6, 5]],
    [{ maxId: '9', minId: '7' }, [8]],
    [{ maxId: '4' }, []],
    [{ limit: 0, minId: '4' }, []],
  ])('%j', (raw, expected) => {
    expect(ids(feedPage(list, page(raw)))).toEqual(expected);
  });

  test('following next links visits every entry once', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { maxLength: 60 }), fc.integer({ min: 1, max: 7 }), (statuses, limit) => {
      const all = feedMerge([statuses.map((status) => entry(status))]);
      const seen: number[] = [];
      for (let maxId: string | undefined; ; maxId = String(seen.at(-1))) {
        const next = ids(feedPage(all, page({ maxId }, limit)));
        seen.push(...next);
        if (next.length < limit) break;
      }
      expect(seen).toEqual(ids(all));
    }));
  });

  test.each<[unknown, number]>([[undefined, 20], ['', 20], ['7', 7], [-7, 7], ['1000', 40], ['x', 20], [0, 0]])('limit %p is %i', (raw, expected) => {
    expect(limitOf(raw, 20)).toBe(expected);
  });
});
