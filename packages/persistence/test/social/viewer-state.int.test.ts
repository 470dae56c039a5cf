import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NO_TIES } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { addAccount, ids, newStatus, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());

const follow = (accountId: AccountId, targetId: AccountId, showBoosts = true, languages: string[] | null = null) =>
  world.store.transaction((tx) => tx.insertFollow({ id: ids.next(), accountId, targetId, uri: null, showBoosts, notify: false, languages }));

test('all ties at once are those that are found one by one; more than the limit are none', async () => {
  const { store } = world;
  const [me, plain, choosy, blocked, blocking, muted, past, stranger] = await Promise.all(
    ['me', 'plain', 'choosy', 'blocked', 'blocking', 'muted', 'past', 'stranger'].map((name) => addAccount(store, name)),
  );
  if (!me || !plain || !choosy || !blocked || !blocking || !muted || !past || !stranger) throw new Error('an account is missing');
  await follow(me, plain);
  await follow(me, choosy, false, ['de']);
  await follow(stranger, me);
  await store.transaction(async (tx) => {
    await tx.insertBlock({ id: ids.next(), accountId: me, targetId: blocked, uri: null });
    await tx.insertBlock({ id: ids.next(), accountId: blocking, targetId: me, uri: null });
    await tx.insertMute({ id: ids.next(), accountId: me, targetId: muted, hideNotifications: true, expiresAt: new Date(Date.now() + 3_600_000) });
    await tx.insertMute({ id: ids.next(), accountId: me, targetId: past, hideNotifications: true, expiresAt: new Date(Date.now() - 3_600_000) });
  });
  const all = await store.allTies(me, 10);
  expect(all).toMatchObject({
    follows: [plain],
    choosyFollows: [{ accountId: choosy, showsBoosts: false, languages: ['de'] }],
    blocks: [blocked],
    blockedBy: [blocking],
    mutes: [muted],
  });
  expect(all?.mutesEndInMs).toBeGreaterThan(3_500_000);
  const ties = await store.viewerTies(me, [plain, choosy, blocked, blocking, muted, past, stranger]);
  expect([plain, choosy].map((id) => (ties.get(id) ?? NO_TIES).follows)).toEqual([true, true]);
  expect([blocked, blocking, muted, past, stranger].map((id) => (ties.get(id) ?? NO_TIES).follows)).toEqual([false, false, false, false, false]);
  expect(await store.allTies(me, 0)).toBeNull();
  expect(await store.allTies(stranger, 1)).toMatchObject({ follows: [me], blocks: [], mutesEndInMs: null });
});

test('recent marks go as far back as they say', async () => {
  const { store } = world;
  const [reader, author] = [await addAccount(store, 'reader'), await addAccount(store, 'author')];
  const written = Array.from({ length: 5 }, () => newStatus(author));
  await store.transaction((tx) => tx.insertStatuses(written));
  const posts = written.map(({ id }) => id);
  await store.transaction(async (tx) => {
    for (const statusId of posts.slice(0, 3)) await tx.insertFavourite({ id: ids.next(), accountId: reader, statusId, uri: null });
    for (const statusId of posts.slice(2, 4)) await tx.insertBookmark({ id: ids.next(), accountId: reader, statusId });
  });
  const all = await store.recentMarks(reader, 10);
  expect(all.sinceId).toBe('0');
  expect([[...all.favourites].sort(), [...all.bookmarks].sort(), all.boosts]).toEqual([posts.slice(0, 3), posts.slice(2, 4), []]);
  const some = await store.recentMarks(reader, 2);
  expect([some.sinceId, [...some.favourites].sort()]).toEqual([posts[2], posts.slice(1, 3)]);
});
