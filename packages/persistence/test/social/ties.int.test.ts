import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NO_TIES } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import { addAccount, followTie, ids, mustPost, page, startWorld, wrongCounters, type World } from './world.js';

let world: World;
let alice: Snowflake;
let bob: Snowflake;
let carol: Snowflake;
beforeAll(async () => {
  world = await startWorld(12);
  alice = await addAccount(world.store, 'alice');
  bob = await addAccount(world.store, 'bob');
  carol = await addAccount(world.store, 'carol', 'far.example');
}, 60_000);
afterAll(() => world.stop());

describe('ties', () => {
  test('fifty favourites at once are fifty, and fifty at once taken back are none', async () => {
    const { store, db } = world;
    const status = await mustPost(store, alice);
    const people = await Promise.all(Array.from({ length: 50 }, (_, n) => addAccount(store, `fan${n}`)));
    const twice = [...people, ...people];
    const made = await Promise.all(
      twice.map((accountId) => store.transaction((tx) => tx.insertFavourite({ id: ids.next(), accountId, statusId: status, uri: null }))),
    );
    expect(made.filter(Boolean)).toHaveLength(50);
    expect((await store.statusesByIds([status]))[0]?.favouritesCount).toBe(50);
    expect(await store.favouritedByIds(status, page(60))).toHaveLength(50);
    const removed = await Promise.all(twice.map((accountId) => store.transaction((tx) => tx.deleteFavourite(accountId, status))));
    expect(removed.filter((tie) => tie !== null)).toHaveLength(50);
    expect((await store.statusesByIds([status]))[0]?.favouritesCount).toBe(0);
    expect(await wrongCounters(db)).toEqual([]);
  });

  test('follows and unfollows in both directions at once never deadlock for good and count right', async () => {
    const { store, db } = world;
    await Promise.all(
      Array.from({ length: 120 }, (_, n) =>
        store.transaction(async (tx) => {
          const [from, to] = n % 2 === 0 ? [alice, bob] : [bob, alice];
          if (n % 3 === 0) await tx.deleteFollow(from, to);
          else await tx.insertFollow(followTie(from, to));
        }),
      ),
    );
    expect(await wrongCounters(db)).toEqual([]);
    await store.transaction(async (tx) => {
      await tx.deleteFollow(alice, bob);
      await tx.deleteFollow(bob, alice);
    });
  });

  test('ties of many viewers by one call; a mute that ran out is none', async () => {
    const { store } = world;
    await store.transaction(async (tx) => {
      await tx.insertFollow(followTie(alice, bob, { showBoosts: false, languages: ['de'], notify: true }));
      await tx.insertBlock({ id: ids.next(), accountId: carol, targetId: alice, uri: 'https://far.example/block' });
      await tx.insertMute({ id: ids.next(), accountId: bob, targetId: carol, hideNotifications: false, expiresAt: null });
      await tx.insertMute({ id: ids.next(), accountId: alice, targetId: carol, hideNotifications: true, expiresAt: new Date(0) });
      await tx.insertFollowRequest(followTie(bob, carol));
    });
    const ties = await store.tiesOfMany([alice, bob, carol], [alice, bob, carol]);
    expect(ties.get(alice)?.get(bob)).toEqual({ ...NO_TIES, follows: true, showsBoosts: false, languages: ['de'] });
    expect(ties.get(alice)?.get(carol)).toEqual({ ...NO_TIES, blockedEitherWay: true });
    expect(ties.get(bob)?.get(carol)).toEqual({ ...NO_TIES, mutes: true });
    expect(ties.get(carol)?.get(alice)).toEqual({ ...NO_TIES, blocks: true, blockedEitherWay: true });
    expect(await store.viewerTies(alice, [bob, carol])).toEqual(ties.get(alice));
    expect(await store.viewerTies(alice, [])).toEqual(new Map());
    const [toBob, toCarol, toSelf] = await store.relationships(alice, [bob, carol, alice]);
    expect(toBob).toMatchObject({ accountId: bob, following: true, showBoosts: false, notify: true, languages: ['de'], followedBy: false });
    expect(toCarol).toMatchObject({ accountId: carol, blockedBy: true, muting: false, following: false, showBoosts: false });
    expect(toSelf).toMatchObject({ accountId: alice, following: false, note: '', domainBlocking: false });
    expect((await store.relationships(bob, [carol]))[0]).toMatchObject({ requested: true, muting: true, mutingNotifications: false });
    expect(await store.mutedIds(alice, page())).toEqual([]);
    expect((await store.mutedIds(bob, page())).map((entry) => entry.id)).toEqual([carol]);
    expect((await store.followRequestIds(carol, page())).map((entry) => entry.id)).toEqual([bob]);
  });

  test('a follow keeps what a change does not name', async () => {
    const { store } = world;
    const tie = followTie(carol, bob, { uri: 'https://far.example/follow/1' });
    expect(await store.transaction((tx) => tx.insertFollow(tie))).toBe(true);
    expect(await store.transaction((tx) => tx.insertFollow({ ...tie, id: ids.next() }))).toBe(false);
    await store.transaction((tx) => tx.updateFollow(carol, bob, { notify: true, languages: null }));
    expect(await store.follow(carol, bob)).toEqual({ ...tie, notify: true });
    expect(await store.transaction((tx) => tx.deleteFollow(carol, bob))).toEqual({ ...tie, notify: true });
    expect(await store.transaction((tx) => tx.deleteFollow(carol, bob))).toBeNull();
    expect(await store.follow(carol, bob)).toBeNull();
  });

  test('audiences: local followers in pages, remote inboxes once each', async () => {
    const { store } = world;
    const star = await addAccount(store, 'star');
    const locals = await Promise.all(Array.from({ length: 5 }, (_, n) => addAccount(store, `local${n}`)));
    const remotes = await Promise.all(
      Array.from({ length: 6 }, (_, n) => addAccount(store, `remote${n}`, n < 4 ? 'one.example' : `s${n}.example`)),
    );
    await store.transaction(async (tx) => {
      for (const id of [...remotes, ...locals]) await tx.insertFollow(followTie(id, star));
      await tx.updateAccount(locals[4] as Snowflake, { suspendedAt: new Date() });
    });
    const sorted = [...locals.slice(0, 4)].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    // The suspended one as well: nobody reads their feed.
    const all = [...sorted, locals[4] as Snowflake].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    const from = (afterId: Snowflake) => ({ authorId: star, afterId, alsoFollowing: null });
    const [first, none] = await store.followerPages([from('0' as Snowflake), { ...from('0' as Snowflake), alsoFollowing: locals[0] as Snowflake }], 3);
    const [rest] = await store.followerPages([from(first?.ids.at(-1) ?? star)], 3);
    expect([first?.isLast, rest?.isLast, none]).toEqual([false, true, { ids: [], isLast: true }]);
    expect([...(first?.ids ?? []), ...(rest?.ids ?? [])]).toEqual(all);
    const asked = { authorId: star, afterId: all[0] as Snowflake, upToId: all.at(-1) as Snowflake };
    await store.transaction(async (tx) => {
      await tx.insertBlock({ id: ids.next(), accountId: all[1] as Snowflake, targetId: star, uri: null });
      await tx.insertMute({ id: ids.next(), accountId: all[2] as Snowflake, targetId: all[0] as Snowflake, hideNotifications: true, expiresAt: null });
      await tx.updateFollow(all[3] as Snowflake, star, { showBoosts: false, notify: true });
    });
    expect(await store.touchedFollowers([{ ...asked, people: [star] }, { ...asked, people: [star, all[0] as Snowflake] }, { ...asked, people: [] }])).toEqual([
      new Set([all[1], all[3]]),
      new Set([all[1], all[2], all[3]]),
      new Set(),
    ]);
    expect(await store.bellFollowers([star], '0' as Snowflake, 5)).toEqual([{ authorId: star, accountId: all[3] }]);
    expect(await store.followedHere([star, all[0] as Snowflake])).toEqual(new Set([star]));
    const [inboxes, others] = await store.followerInboxes([star, all[0] as Snowflake].map((accountId) => ({ accountId, afterInbox: '' })), 2);
    expect(others).toEqual([]);
    expect(inboxes).toEqual([
      { inbox: 'https://one.example/inbox', domain: 'one.example' },
      { inbox: 'https://s4.example/inbox', domain: 's4.example' },
    ]);
    const after = { accountId: star, afterInbox: inboxes?.at(-1)?.inbox ?? '' };
    expect(await store.followerInboxes([after, after], 2)).toEqual([1, 2].map(() => [{ inbox: 'https://s5.example/inbox', domain: 's5.example' }]));
    expect(await store.peerDomains(10)).toEqual(['far.example', 'one.example', 's4.example', 's5.example']);
    expect(await store.usage()).toMatchObject({ users: 0, knownDomains: 4 });
  });

  test('flags of a page in one call', async () => {
    const { store } = world;
    const [one, two] = [await mustPost(store, alice), await mustPost(store, alice)];
    await store.transaction(async (tx) => {
      await tx.insertFavourite({ id: ids.next(), accountId: bob, statusId: one, uri: null });
      await tx.insertBookmark({ id: ids.next(), accountId: bob, statusId: two });
    });
    const boost = await mustPost(store, bob, { boostOfId: two });
    const flags = await store.statusFlags(bob, [one, two]);
    expect(flags.get(one)).toEqual({ favourited: true, boosted: false, bookmarked: false, muted: false, pinned: false });
    expect(flags.get(two)).toEqual({ favourited: false, boosted: true, bookmarked: true, muted: false, pinned: false });
    expect(await store.boostedByIds(two, page())).toEqual([{ entryId: boost, id: bob }]);
    expect((await store.bookmarkStatusIds(bob, page())).map((entry) => entry.id)).toEqual([two]);
    expect(await store.transaction((tx) => tx.deleteBookmark(bob, two))).toBe(true);
    expect(await store.transaction((tx) => tx.deleteBookmark(bob, two))).toBe(false);
  });
});
