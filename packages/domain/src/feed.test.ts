import { describe, expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import fc from 'fast-check';
import { feedPage, repeatedBoosts, type FeedEntry } from './feed.js';
import { limitOf, pageOf } from './paging.js';

const entry = (status: number, boostOf: number | null = null): FeedEntry => ({
  statusId: snowflake(String(status)), boostOfId: boostOf === null ? null : snowflake(String(boostOf)),
});
const ids = (list: readonly FeedEntry[]): number[] => list.map(({ statusId }) => Number(statusId));
const page = (raw: object, limit = 3) => pageOf({ limit, ...raw }, 20);

/** What is left of a feed, newest first. */
function shown(list: readonly FeedEntry[], window?: number, hidden: readonly number[] = []): number[] {
  const { repeated } = repeatedBoosts(list, list.length, { ...(window === undefined ? {} : { window }), hidden: new Set(hidden.map((id) => snowflake(String(id)))) });
  return ids(list.filter(({ statusId }) => !repeated.has(statusId)));
}

describe('boosts of the same', () => {
  test('a boost goes when its status, or an earlier boost of it, stands within the window', () => {
    expect(shown([entry(5, 50), entry(4, 50), entry(3), entry(2, 1), entry(1)])).toEqual([4, 3, 1]);
  });

  test('beyond the window it shows again', () => {
    const list = [entry(9, 1), entry(3), entry(2), entry(1)];
    expect(shown(list, 2)).toEqual([9, 3, 2, 1]);
    expect(shown(list, 3)).toEqual([3, 2, 1]);
  });

  // 8 repeats 7, and 9 stands two places after 7, which stands: not after 8, which does not.
  test('what was left out hides nothing', () => {
    const list = [entry(9, 1), entry(8, 1), entry(7, 1)];
    expect(shown(list, 1)).toEqual([9, 7]);
    expect(shown(list, 2)).toEqual([7]);
  });

  test('what is hidden repeats nothing', () => {
    const list = [entry(9, 1), entry(8, 1), entry(7, 1), entry(1)];
    expect(shown(list, 40, [1])).toEqual([7, 1]);
    expect(shown(list, 40, [1, 7])).toEqual([8, 7, 1]);
    expect(repeatedBoosts(list, 1).because).toEqual([8, 7, 1].map(String));
  });

  const feeds = fc
    .uniqueArray(fc.record({ status: fc.integer({ min: 10, max: 99 }), boost: fc.option(fc.integer({ min: 1, max: 6 })) }), { selector: ({ status }) => status, maxLength: 40 })
    .map((rows) => rows.map(({ status, boost }) => entry(status, boost)).sort((a, b) => Number(b.statusId) - Number(a.statusId)));

  test('a new boost never removes what a client has seen', () => {
    fc.assert(fc.property(feeds, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 8 }), (list, boosted, window) => {
      expect(shown([entry(100, boosted), ...list], window).filter((status) => status !== 100)).toEqual(shown(list, window));
    }));
  });

  test('a page is judged alike whether all of the feed is known or only as much as it needs', () => {
    fc.assert(fc.property(feeds, fc.integer({ min: 0, max: 10 }), fc.integer({ min: 1, max: 8 }), (list, count, window) => {
      let known = count;
      for (let needs = 0; ; known = needs) {
        needs = Math.min(repeatedBoosts(list.slice(0, known), count, { window }).needs, list.length);
        if (needs <= known) break;
      }
      expect(repeatedBoosts(list.slice(0, known), count, { window }).repeated).toEqual(repeatedBoosts(list, count, { window }).repeated);
    }));
  });
});

describe('paging', () => {
  const list = [9, 8, 7, 6, 5, 4].map((status) => snowflake(String(status)));

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
    expect(feedPage(list, page(raw)).map(Number)).toEqual(expected);
  });

  test('following next links visits every entry once', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { maxLength: 60 }), fc.integer({ min: 1, max: 7 }), (statuses, limit) => {
      const all = [...statuses].sort((a, b) => b - a).map((status) => snowflake(String(status)));
      const seen: number[] = [];
      for (let maxId: string | undefined; ; maxId = String(seen.at(-1))) {
        const next = feedPage(all, page({ maxId }, limit)).map(Number);
        seen.push(...next);
        if (next.length < limit) break;
      }
      expect(seen).toEqual(all.map(Number));
    }));
  });

  test.each<[unknown, number]>([[undefined, 20], ['', 20], ['7', 7], [-7, 7], ['1000', 40], ['x', 20], [0, 0]])('limit %p is %i', (raw, expected) => {
    expect(limitOf(raw, 20)).toBe(expected);
  });
});
