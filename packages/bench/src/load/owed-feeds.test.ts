import { expect, test } from '@jest/globals';
import { OwedFeeds } from './owed-feeds.js';

test('a feed is looked at from when something is due for it until it has come', () => {
  const owed = new OwedFeeds([{ atMs: 10, from: 3, feeds: 1 }, { atMs: 20, from: 3, feeds: 1 }, { atMs: 20, from: 7, feeds: 2 }]);
  expect(owed.at(9)).toEqual([]);
  expect(owed.at(10)).toEqual([3]);
  expect(owed.at(25).sort()).toEqual([3, 7, 8]);
  owed.got(3, 1);
  owed.got(7, 1);
  expect(owed.at(30).sort()).toEqual([3, 8]);
  owed.got(3, 1);
  owed.got(8, 1);
  expect(owed.at(99)).toEqual([]);
});

test('what comes unasked owes nothing later', () => {
  const owed = new OwedFeeds([{ atMs: 10, from: 0, feeds: 1 }]);
  owed.got(0, 2);
  expect(owed.at(10)).toEqual([0]);
  owed.got(0, 2);
  expect(owed.at(11)).toEqual([]);
});
