import { describe, expect, test } from '@jest/globals';
import { FEED_ENTRIES_MAX, type FeedEntry } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { HomeFeeds } from '@trunkline/social';

const id = (n: number): Snowflake => String(n) as Snowflake;
const entry = (statusId: number, authorId = 7, boostOfId: number | null = null): FeedEntry => ({
  statusId: id(statusId),
  authorId: id(authorId),
  boostOfId: boostOfId === null ? null : id(boostOfId),
});
const statusIds = (entries: readonly FeedEntry[] | null): string[] | null => (entries === null ? null : entries.map((one) => one.statusId));
const sorted = (entries: readonly FeedEntry[] | null): string[] | undefined => statusIds(entries)?.sort((a, b) => Number(a) - Number(b));

let people = 1_000;
const somebody = (): AccountId => id((people += 1));

/** What every implementation of `HomeFeeds` promises. Each test uses people of its own. */
export function feedsSuite(name: string, feedsOf: () => HomeFeeds): void {
  const filled = async (entries: readonly FeedEntry[] = []): Promise<AccountId> => {
    const account = somebody();
    await feedsOf().open(account);
    await feedsOf().fill(account, entries);
    return account;
  };

  describe(`home feeds: ${name}`, () => {
    test('nobody has a feed before it is opened; an opened one takes pushes and reads as missing until it is filled', async () => {
      const feeds = feedsOf();
      const account = somebody();
      expect(await feeds.push([account], entry(1))).toBe(0);
      expect(await feeds.read(account)).toBeNull();
      await feeds.open(account);
      expect(await feeds.read(account)).toBeNull();
      expect(await feeds.push([account], entry(5))).toBe(1);
      expect(await feeds.read(account)).toBeNull();
      await feeds.fill(account, [entry(5), entry(3, 8, 2)]);
      expect(await feeds.read(account)).toEqual([entry(5), entry(3, 8, 2)]);
    });

    test('a feed may be empty, which is not the same as missing; opening it again keeps it', async () => {
      const feeds = feedsOf();
      const account = await filled();
      expect(await feeds.read(account)).toEqual([]);
      await feeds.open(account);
      expect(await feeds.read(account)).toEqual([]);
      await feeds.push([account], entry(9));
      await feeds.open(account);
      expect(statusIds(await feeds.read(account))).toEqual(['9']);
    });

    test('an entry that is delivered twice stands once', async () => {
      const feeds = feedsOf();
      const account = await filled([entry(1)]);
      expect(await feeds.push([account], entry(2))).toBe(1);
      expect(await feeds.push([account], entry(2))).toBe(0);
      expect(statusIds(await feeds.read(account))).toEqual(['2', '1']);
    });

    // More than one script call holds, with people without a feed among them.
    test('many feeds take one entry, those without a feed do not', async () => {
      const feeds = feedsOf();
      const accounts: AccountId[] = [];
      for (let n = 0; n < 1_203; n += 1) accounts.push(somebody());
      const active = accounts.filter((_, n) => n % 3 === 0);
      for (const account of active) await feeds.open(account);
      expect(await feeds.push(accounts, entry(4))).toBe(active.length);
      expect(await feeds.existing(accounts)).toEqual(new Set(active));
      await feeds.fill(accounts[0] as AccountId, []);
      expect(statusIds(await feeds.read(accounts[0] as AccountId))).toEqual(['4']);
      expect(await feeds.push([], entry(4))).toBe(0);
      expect(await feeds.existing([])).toEqual(new Set());
    });

    test('merging sorts by id as numbers, drops doubles, and does nothing where there is no feed', async () => {
      const feeds = feedsOf();
      const account = await filled([entry(100), entry(9)]);
      await feeds.merge(account, [entry(20), entry(100), entry(3)]);
      expect(statusIds(await feeds.read(account))).toEqual(['100', '20', '9', '3']);
      const stranger = somebody();
      await feeds.merge(stranger, [entry(1)]);
      expect(await feeds.read(stranger)).toBeNull();
    });

    test('merging into a feed that is being filled does not make it complete', async () => {
      const feeds = feedsOf();
      const account = somebody();
      await feeds.open(account);
      await feeds.merge(account, [entry(1)]);
      expect(await feeds.read(account)).toBeNull();
      await feeds.fill(account, [entry(2)]);
      expect(sorted(await feeds.read(account))).toEqual(['1', '2']);
    });

    test('a feed keeps the newest and stays near its cap', async () => {
      const feeds = feedsOf();
      const account = await filled(Array.from({ length: FEED_ENTRIES_MAX }, (_, n) => entry(n + 1)));
      for (let n = 1; n <= 200; n += 1) await feeds.push([account], entry(FEED_ENTRIES_MAX + n));
      const ids = sorted(await feeds.read(account)) ?? [];
      expect(ids.length).toBeGreaterThanOrEqual(FEED_ENTRIES_MAX);
      expect(ids.length).toBeLessThanOrEqual(FEED_ENTRIES_MAX + 50);
      expect(ids.at(-1)).toBe(String(FEED_ENTRIES_MAX + 200));
      await feeds.merge(account, [entry(1), entry(5_000)]);
      const merged = statusIds(await feeds.read(account)) ?? [];
      expect(merged).toHaveLength(FEED_ENTRIES_MAX);
      expect(merged[0]).toBe('5000');
      expect(merged).not.toContain('1');
    });

    test('statuses and authors go out of feeds; a feed emptied so is not damaged', async () => {
      const feeds = feedsOf();
      const one = await filled([entry(1, 7), entry(2, 8), entry(3, 7, 2), entry(11, 70)]);
      const two = await filled([entry(1, 7)]);
      const none = somebody();
      await feeds.remove([one, two, none], [id(1), id(99)]);
      expect(statusIds(await feeds.read(one))).toEqual(['11', '3', '2']);
      expect(await feeds.read(two)).toEqual([]);
      expect(await feeds.read(none)).toBeNull();
      await feeds.removeAuthor(one, id(7));
      expect(statusIds(await feeds.read(one))).toEqual(['11', '2']);
    });

    test('a dropped feed is missing', async () => {
      const feeds = feedsOf();
      const account = await filled([entry(1)]);
      await feeds.drop(account);
      expect(await feeds.read(account)).toBeNull();
      expect(await feeds.existing([account])).toEqual(new Set());
    });
  });
}
