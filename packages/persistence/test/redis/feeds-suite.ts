import { describe, expect, test } from '@jest/globals';
import { FEED_ENTRIES_MAX } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { FeedClaim, FeedContents, HomeFeeds } from '@trunkline/social';

const id = (n: number): Snowflake => String(n) as Snowflake;
const list = (...numbers: readonly number[]): StatusId[] => numbers.map(id);

let people = 1_000;
const somebody = (): AccountId => id((people += 1));

/** What every implementation of `HomeFeeds` promises. Each test uses people of its own. */
export function feedsSuite(name: string, feedsOf: () => HomeFeeds): void {
  const claimed = async (account: AccountId): Promise<FeedClaim> => {
    const claim = await feedsOf().claim(account);
    if (claim === null) throw new Error('somebody else is at it');
    return claim;
  };
  const filled = async (...numbers: readonly number[]): Promise<AccountId> => {
    const account = somebody();
    await feedsOf().fill(account, list(...numbers), await claimed(account));
    return account;
  };
  const idsOf = async (account: AccountId): Promise<readonly string[] | undefined> => (await feedsOf().read(account))?.ids;
  const stateOf = async (account: AccountId): Promise<string | undefined> => (await feedsOf().read(account))?.state;

  describe(`home feeds: ${name}`, () => {
    test('nobody has a feed before it is claimed; a claimed one takes pushes and counts as being filled', async () => {
      const feeds = feedsOf();
      const account = somebody();
      expect(await feeds.push([account], id(1))).toBe(0);
      expect(await feeds.read(account)).toBeNull();
      const claim = await claimed(account);
      expect(await stateOf(account)).toBe('filling');
      expect(await feeds.push([account], id(5))).toBe(1);
      expect(await feeds.read(account)).toMatchObject({ state: 'filling', ids: ['5'], isWhole: true, hasLate: false });
      await feeds.fill(account, list(5, 3), claim);
      expect(await feeds.read(account)).toMatchObject({ state: 'complete', ids: ['5', '3'], isWhole: true, hasLate: false });
    });

    test('one at a time fills a feed', async () => {
      const feeds = feedsOf();
      const account = somebody();
      const claim = await claimed(account);
      expect(await feeds.claim(account)).toBeNull();
      await feeds.fill(account, [], claim);
      expect(await feeds.claim(account)).not.toBeNull();
    });

    test('a feed may be empty, which is not the same as missing; a claim keeps what stands in it', async () => {
      const feeds = feedsOf();
      const account = await filled();
      expect(await idsOf(account)).toEqual([]);
      await feeds.push([account], id(9));
      await claimed(account);
      expect(await feeds.read(account)).toMatchObject({ state: 'complete', ids: ['9'] });
    });

    test('a reason to ask Postgres again stays until a feed is filled that was claimed after it', async () => {
      const feeds = feedsOf();
      const account = await filled(1);
      await feeds.renew(account);
      expect(await feeds.read(account)).toMatchObject({ state: 'stale', ids: ['1'] });
      const claim = await claimed(account);
      await feeds.renew(account);
      await feeds.fill(account, list(2), claim);
      expect(await feeds.read(account)).toMatchObject({ state: 'stale', ids: ['2', '1'] });
      await feeds.fill(account, [], await claimed(account));
      expect(await stateOf(account)).toBe('complete');
      const stranger = somebody();
      await feeds.renew(stranger);
      expect(await feeds.read(stranger)).toBeNull();
    });

    test('what is delivered again stands once, and what comes late is told apart', async () => {
      const feeds = feedsOf();
      const account = await filled(10);
      expect(await feeds.push([account], id(20))).toBe(1);
      expect(await feeds.push([account], id(20), { again: true })).toBe(0);
      // Without the hint it is pushed, and read once all the same.
      expect(await feeds.push([account], id(20))).toBe(1);
      expect(await feeds.read(account)).toMatchObject({ ids: ['20', '10'], hasLate: false });
      await feeds.push([account], id(3), { late: true, again: true });
      await feeds.push([account], id(30));
      expect(await feeds.read(account)).toMatchObject({ ids: ['30', '20', '10', '3'], hasLate: true });
      expect(await feeds.read(account, 1)).toMatchObject({ state: 'complete', ids: ['30'], isWhole: false, hasLate: false });
    });

    const known = async (account: AccountId, most?: number): Promise<FeedContents> => {
      const contents = await feedsOf().read(account, most);
      if (contents === null) throw new Error('there is no feed');
      return contents;
    };

    test('a feed is known again until something comes, goes, or has to be asked for', async () => {
      const feeds = feedsOf();
      const account = await filled(10, 20);
      const acts: (() => Promise<unknown>)[] = [
        () => feeds.push([account], id(30)),
        () => feeds.push([account], id(4), { late: true }),
        () => feeds.remove([account], [id(10)]),
        () => feeds.remove([account], [id(4)]),
        // As many as before, and the same ones at both ends.
        () => feeds.push([account], id(40)).then(() => feeds.remove([account], [id(20)])),
        async () => feeds.fill(account, list(5), await claimed(account)),
        async () => feeds.fill(account, [], await claimed(account)),
        () => feeds.drop(account).then(async () => feeds.fill(account, list(40), await claimed(account))),
      ];
      for (const act of acts) {
        const before = await known(account);
        if (!before.hasLate) expect(await feeds.look(account, 50, before)).toBe('same');
        await act();
        expect(await feeds.look(account, 50, before)).toEqual(await feeds.read(account, 50));
      }
      await feeds.renew(account);
      expect(await feeds.look(account, 50, await known(account))).toMatchObject({ state: 'stale' });
      expect(await feeds.look(somebody(), 50, await known(account))).toBeNull();
    });

    // Through the cap and beyond, where the list loses its own mark. `reader` looks now and then, and tells pushes from the rest.
    test('whoever looks again finds what one finds who looks for the first time', async () => {
      const feeds = feedsOf();
      const account = await filled(...Array.from({ length: FEED_ENTRIES_MAX - 20 }, (_, n) => n + 1));
      let reader = await known(account, 30);
      for (let n = 1; n <= 150; n += 1) {
        const statusId = id(FEED_ENTRIES_MAX + n);
        await feeds.push([account], statusId);
        if (n % 7 === 0) await feeds.push([account], statusId, { again: n % 2 === 0 });
        if (n % 31 === 0) await feeds.remove([account], [id(FEED_ENTRIES_MAX + n - 3), id(700 + n)]);
        if (n % 40 === 0) await feeds.fill(account, list(50 + n), await claimed(account));
        if (n % 3 !== 0) continue;
        const looked = await feeds.look(account, 30, reader);
        const fresh = await known(account, 30);
        if (looked === 'same' || looked === null) throw new Error('something was pushed');
        // Doubles in the list are counted once by whoever knew the others: they may know more.
        expect(looked.ids.slice(0, fresh.ids.length)).toEqual(fresh.ids);
        expect({ ...looked, ids: [] }).toEqual({ ...fresh, ids: [] });
        expect(looked.ids.length).toBeLessThanOrEqual(30);
        reader = looked;
      }
    });

    // More than one script call holds, with people without a feed among them.
    test('many feeds take one entry, those without a feed do not', async () => {
      const feeds = feedsOf();
      const accounts: AccountId[] = [];
      for (let n = 0; n < 1_203; n += 1) accounts.push(somebody());
      const active = accounts.filter((_, n) => n % 3 === 0);
      for (const account of active) await feeds.claim(account);
      expect(await feeds.push(accounts, id(4))).toBe(active.length);
      expect(await idsOf(accounts[0] as AccountId)).toEqual(['4']);
      expect(await idsOf(accounts[1] as AccountId)).toBeUndefined();
      expect(await feeds.push([], id(4))).toBe(0);
    });

    test('filling sorts by id as numbers, drops doubles, and does nothing where there is no feed', async () => {
      const feeds = feedsOf();
      const account = await filled(100, 9);
      await feeds.fill(account, list(20, 100, 3), await claimed(account));
      expect(await idsOf(account)).toEqual(['100', '20', '9', '3']);
      const claim = await claimed(account);
      await feeds.drop(account);
      await feeds.fill(account, list(1), claim);
      expect(await feeds.read(account)).toBeNull();
    });

    test('a feed keeps the newest and stays near its cap', async () => {
      const feeds = feedsOf();
      const account = await filled(...Array.from({ length: FEED_ENTRIES_MAX }, (_, n) => n + 1));
      for (let n = 1; n <= 200; n += 1) await feeds.push([account], id(FEED_ENTRIES_MAX + n));
      const ids = [...((await idsOf(account)) ?? [])].sort((a, b) => Number(a) - Number(b));
      expect(ids.length).toBeGreaterThanOrEqual(FEED_ENTRIES_MAX);
      expect(ids.length).toBeLessThanOrEqual(FEED_ENTRIES_MAX + 50);
      expect(ids.at(-1)).toBe(String(FEED_ENTRIES_MAX + 200));
      await feeds.fill(account, list(1, 5_000), await claimed(account));
      const merged = (await idsOf(account)) ?? [];
      expect(merged).toHaveLength(FEED_ENTRIES_MAX);
      expect(merged[0]).toBe('5000');
      expect(merged).not.toContain('1');
    });

    test('statuses go out of feeds; a feed emptied so is not damaged', async () => {
      const feeds = feedsOf();
      const one = await filled(1, 2, 3, 11);
      const two = await filled(1);
      const none = somebody();
      await feeds.remove([one, two, none], [id(1), id(99), id(3)]);
      expect(await idsOf(one)).toEqual(['11', '2']);
      expect(await feeds.read(two)).toMatchObject({ state: 'complete', ids: [] });
      expect(await feeds.read(none)).toBeNull();
    });

    test('a dropped feed is missing', async () => {
      const feeds = feedsOf();
      const account = await filled(1);
      await feeds.drop(account);
      expect(await feeds.read(account)).toBeNull();
    });
  });
}
