import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Snowflake, StatusId } from '@trunkline/kernel';
import type { MediaAttachment, Visibility } from '@trunkline/domain';
import { addAccount, followTie, ids, mustPost, newStatus, page, startWorld, type World } from './world.js';

let world: World;
let alice: Snowflake;
let bob: Snowflake;
let remote: Snowflake;
beforeAll(async () => {
  world = await startWorld();
  alice = await addAccount(world.store, 'alice');
  bob = await addAccount(world.store, 'bob');
  remote = await addAccount(world.store, 'rae', 'far.example');
}, 60_000);
afterAll(() => world.stop());

const picture: MediaAttachment = {
  id: ids.next(), kind: 'image', url: 'https://far.example/1.png', previewUrl: null, remoteUrl: null, description: null,
  blurhash: null, width: null, height: null, focus: null,
};

describe('pages', () => {
  test('each bound cuts where the field says it does', async () => {
    const { store } = world;
    const author = await addAccount(store, 'pager');
    const made: StatusId[] = [];
    for (let n = 0; n < 7; n += 1) made.push(await mustPost(store, author));
    const [s1, s2, s3, s4, s5, s6, s7] = made as [StatusId, StatusId, StatusId, StatusId, StatusId, StatusId, StatusId];
    const ask = (limit: number, bounds: Parameters<typeof page>[1] = {}) =>
      store.accountStatusIds({
        accountId: author, page: page(limit, bounds), visibilities: ['public'], viewerId: null,
        excludeReplies: false, excludeBoosts: false, onlyMedia: false,
      });
    expect(await ask(3)).toEqual([s7, s6, s5]);
    expect(await ask(2, { maxId: s5 })).toEqual([s4, s3]);
    expect(await ask(2, { sinceId: s2 })).toEqual([s7, s6]);
    expect(await ask(2, { minId: s2 })).toEqual([s4, s3]);
    expect(await ask(9, { minId: s1, maxId: s4 })).toEqual([s3, s2]);
    expect(await ask(0)).toEqual([]);
  });

  test('public timelines by scope and media, without boosts, unlisted and deleted ones', async () => {
    const { store } = world;
    const local = await mustPost(store, alice, { media: [picture] });
    const far = await mustPost(store, remote, { local: false, uri: 'https://far.example/a' });
    const unlisted = await mustPost(store, alice, { visibility: 'unlisted' });
    const boost = await mustPost(store, bob, { boostOfId: local });
    const gone = await mustPost(store, alice);
    await store.transaction((tx) => tx.deleteStatus(gone));
    const seen = async (scope: 'all' | 'local' | 'remote', onlyMedia = false) => {
      const found = await store.publicStatusIds({ page: page(40), scope, onlyMedia });
      return [local, far, unlisted, boost, gone].filter((id) => found.includes(id));
    };
    expect(await seen('all')).toEqual([local, far]);
    expect(await seen('local')).toEqual([local]);
    expect(await seen('remote')).toEqual([far]);
    expect(await seen('all', true)).toEqual([local]);
  });

  test('tags: any, all and none; each status once; paged in both directions', async () => {
    const { store } = world;
    const ab = await mustPost(store, alice, { tags: ['Aaa', 'Bbb'] });
    const a = await mustPost(store, alice, { tags: ['aaa'] });
    const abc = await mustPost(store, remote, { tags: ['aaa', 'bbb', 'ccc'], local: false, uri: 'https://far.example/abc' });
    await mustPost(store, alice, { tags: ['aaa'], visibility: 'unlisted' });
    const ask = (any: string[], all: string[] = [], none: string[] = [], bounds: Parameters<typeof page>[1] = {}, limit = 20) =>
      store.tagStatusIds({ page: page(limit, bounds), any, all, none, scope: 'all', onlyMedia: false });
    expect(await ask(['aaa'])).toEqual([abc, a, ab]);
    expect(await ask(['#AAA', 'bbb', 'zzz'])).toEqual([abc, a, ab]);
    expect(await ask(['aaa'], ['bbb', 'BBB'])).toEqual([abc, ab]);
    expect(await ask(['aaa'], [], ['ccc'])).toEqual([a, ab]);
    expect(await ask(['aaa', 'bbb'], [], [], { minId: ab }, 1)).toEqual([a]);
    expect(await ask(['aaa', 'bbb'], [], [], { maxId: abc }, 1)).toEqual([a]);
    expect(await ask([])).toEqual([]);
  });

  test('an account page: what a viewer was named in shows; filters for replies, boosts and tags', async () => {
    const { store } = world;
    const author = await addAccount(store, 'author');
    const other = await mustPost(store, bob);
    const plain = await mustPost(store, author, { tags: ['Mine'] });
    const direct = await mustPost(store, author, { visibility: 'direct', mentions: [{ accountId: bob, silent: false }] });
    const thread = await mustPost(store, author, { inReplyToId: plain, inReplyToAccountId: author });
    const reply = await mustPost(store, author, { inReplyToId: other, inReplyToAccountId: bob });
    const orphan = await mustPost(store, author, { inReplyToUri: 'https://far.example/unknown' });
    const boost = await mustPost(store, author, { boostOfId: other });
    const ask = (change: Partial<Parameters<typeof store.accountStatusIds>[0]>) =>
      store.accountStatusIds({
        accountId: author, page: page(), visibilities: ['public', 'unlisted'] as Visibility[], viewerId: null,
        excludeReplies: false, excludeBoosts: false, onlyMedia: false, ...change,
      });
    expect(await ask({})).toEqual([boost, orphan, reply, thread, plain]);
    expect(await ask({ viewerId: bob })).toEqual([boost, orphan, reply, thread, direct, plain]);
    expect(await ask({ viewerId: author })).toContain(direct);
    expect(await ask({ viewerId: alice })).not.toContain(direct);
    expect(await ask({ excludeReplies: true, excludeBoosts: true })).toEqual([thread, plain]);
    expect(await ask({ tagged: 'MINE' })).toEqual([plain]);
    expect(await ask({ onlyMedia: true })).toEqual([]);
  });

  // One author fills the whole feed, others have one post each: the sample must not cut the busy one short.
  test('a home feed is built of the newest of all followed, however uneven they write', async () => {
    const { store } = world;
    const reader = await addAccount(store, 'reader');
    const busy = await addAccount(store, 'busy');
    const quiet = await addAccount(store, 'quiet');
    const stranger = await addAccount(store, 'stranger');
    await store.transaction(async (tx) => {
      await tx.insertFollow(followTie(reader, busy));
      await tx.insertFollow(followTie(reader, quiet));
    });
    const expected: StatusId[] = [];
    expected.push(await mustPost(store, quiet));
    for (let n = 0; n < 60; n += 1) expected.push(await mustPost(store, busy));
    await mustPost(store, stranger);
    await mustPost(store, busy, { visibility: 'direct', mentions: [{ accountId: alice, silent: false }] });
    expected.push(await mustPost(store, busy, { visibility: 'direct', mentions: [{ accountId: reader, silent: false }] }));
    expected.push(await mustPost(store, reader, { visibility: 'private' }));
    const feed = await store.homeStatusIds(reader, 200);
    expect(feed).toEqual([...expected].reverse());
    // Of the newest so many; the direct one to somebody else is among them and left out.
    for (const limit of [1, 2]) expect(await store.homeStatusIds(reader, limit)).toEqual(feed.slice(0, limit));
    for (const limit of [30, 63]) expect(await store.homeStatusIds(reader, limit)).toEqual(feed.slice(0, limit - 1));
    expect(new Set(await store.writtenAmong(busy, feed))).toEqual(new Set(expected.slice(1, -1)));
  });
});

describe('threads', () => {
  const reply = (parentId: StatusId, author = alice, change: Partial<ReturnType<typeof newStatus>> = {}) =>
    mustPost(world.store, author, { inReplyToId: parentId, inReplyToAccountId: author, ...change });

  test('ancestors root first, descendants each below its parent, both through tombstones and within their bounds', async () => {
    const { store } = world;
    const root = await mustPost(store, alice);
    const a = await reply(root);
    const b = await reply(root);
    const a1 = await reply(a);
    const a2 = await reply(a);
    const a1x = await reply(a1, bob, { visibility: 'unlisted' });
    expect(await store.ancestorIds(a1x, 10)).toEqual([root, a, a1]);
    expect(await store.ancestorIds(a1x, 2)).toEqual([a, a1]);
    expect(await store.descendantIds(root, 10)).toEqual([a, a1, a1x, a2, b]);
    expect(new Set(await store.descendantIds(root, 2))).toEqual(new Set([a, b]));
    await store.transaction((tx) => tx.deleteStatus(a1));
    expect(await store.ancestorIds(a1x, 10)).toEqual([root, a]);
    expect(await store.descendantIds(root, 10)).toEqual([a, a1x, a2, b]);
    await reply(root, bob, { visibility: 'private' });
    expect((await store.publicReplyUris(root, { limit: 10 })).map((row) => row.id)).toEqual([a, b]);
    expect((await store.publicReplyUris(root, { afterId: a, limit: 10 })).map((row) => row.id)).toEqual([b]);
  });

  test('a ring of replies and a long chain end', async () => {
    const { store, db } = world;
    const first = await mustPost(store, alice);
    const second = await reply(first);
    await db.query('UPDATE social.statuses SET in_reply_to_id = $2 WHERE id = $1', [first, second]);
    expect(await store.ancestorIds(second, 40)).toEqual([first]);
    expect(await store.descendantIds(first, 40)).toEqual([second]);
    await db.query(
      `INSERT INTO social.statuses (id, account_id, uri, url, local, visibility, in_reply_to_id, conversation_id, created_at)
       SELECT n, $1, 'chain:' || n, '', true, 'public', nullif(n - 1, 0), 1, now() FROM generate_series(1, 2000) AS n`,
      [alice],
    );
    expect(await store.ancestorIds('2000' as StatusId, 4_000)).toHaveLength(500);
    expect(await store.descendantIds('1' as StatusId, 60)).toHaveLength(60);
  });
});
