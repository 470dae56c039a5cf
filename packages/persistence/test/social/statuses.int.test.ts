import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { StatusPublishedV1 } from '@trunkline/contracts';
import { firstIdAt, type Snowflake } from '@trunkline/kernel';
import { addAccount, ids, mustPost, newStatus, page, post, startWorld, wrongCounters, type World } from './world.js';

let world: World;
let alice: Snowflake;
let bob: Snowflake;
let remote: Snowflake;
beforeAll(async () => {
  world = await startWorld(12);
  alice = await addAccount(world.store, 'alice');
  bob = await addAccount(world.store, 'bob');
  remote = await addAccount(world.store, 'rae', 'far.example');
}, 60_000);
afterAll(() => world.stop());

const AUTHOR = 'https://far.example/people/rae';
const remoteStatus = (uri: string, change: Partial<Parameters<typeof newStatus>[1]> = {}) =>
  newStatus(remote, { uri, url: uri, local: false, text: null, ...change });

describe('statuses', () => {
  test('a row comes back as it was written, with mentions and counters, in any number by one call', async () => {
    const { store } = world;
    const id = await mustPost(store, alice, {
      content: 'a\u0000b',
      tags: ['Cats', 'cats', 'ﬁsh'],
      mentions: [
        { accountId: bob, silent: false },
        { accountId: remote, silent: true },
      ],
    });
    const [status] = await store.statusesByIds([id, ids.next()]);
    expect(status).toMatchObject({ id, accountId: alice, content: 'ab', tags: ['Cats', 'cats', 'ﬁsh'], repliesCount: 0, deletedAt: null });
    expect(status?.createdAt).toEqual(new Date('2026-02-01T00:00:00Z'));
    expect(status?.mentions).toEqual([
      { accountId: bob, username: 'bob', domain: null, uri: 'https://here.example/people/bob', url: 'https://here.example/people/bob', silent: false },
      { accountId: remote, username: 'rae', domain: 'far.example', uri: 'https://far.example/people/rae', url: 'https://far.example/people/rae', silent: true },
    ]);
    expect(await store.tagStatusIds({ page: page(), any: ['FISH'], all: ['cats'], none: [], scope: 'local', onlyMedia: false })).toEqual([id]);
  });

  test('the same uri twenty times at once is one row, and one in the counter', async () => {
    const { store, db } = world;
    const made = await Promise.all(
      Array.from({ length: 20 }, () => store.transaction((tx) => tx.insertStatus(remoteStatus('https://far.example/once')))),
    );
    expect(made.filter((id) => id !== null)).toHaveLength(1);
    expect(await wrongCounters(db)).toEqual([]);
  });

  test('an id of the past that is taken is drawn again; the uri still decides', async () => {
    const { store } = world;
    const id = ids.at(Date.parse('2020-01-01T00:00:00Z'));
    const first = await store.transaction((tx) => tx.insertStatus(remoteStatus('https://far.example/p1', { id })));
    const second = await store.transaction((tx) => tx.insertStatus(remoteStatus('https://far.example/p2', { id })));
    const repeat = await store.transaction((tx) => tx.insertStatus(remoteStatus('https://far.example/p2', { id })));
    expect(first).toBe(id);
    expect(second).not.toBe(id);
    expect(second !== null && BigInt(second) >> 16n === BigInt(id) >> 16n).toBe(true);
    expect(repeat).toBeNull();
    expect((await store.statusesByIds([second ?? '0' as Snowflake]))[0]?.conversationId).toBe(second);
  });

  test('in one call, too: taken ids are drawn again, each row keeps its own mentions and tags', async () => {
    const { store, db } = world;
    const id = ids.at(Date.parse('2020-01-02T00:00:00Z'));
    const uris = [1, 2, 3].map((n) => `https://far.example/same/${n}`);
    const rows = uris.map((uri, n) => remoteStatus(uri, { id, conversationId: id, tags: [`tag${n}`], mentions: [{ accountId: alice, silent: n === 1 }] }));
    const made = await store.transaction((tx) => tx.insertStatuses([...rows, remoteStatus(uris[0] as string)]));
    expect(made.map((row) => row === null)).toEqual([false, false, false, true]);
    expect(new Set(made.slice(0, 3).map((row) => row?.id)).size).toBe(3);
    const stood = await store.statusesByUris(uris);
    expect(stood.map((status) => [status.uri, status.conversationId === status.id, status.tags, status.mentions.map((mention) => mention.silent)]).sort()).toEqual(
      uris.map((uri, n) => [uri, true, [`tag${n}`], [n === 1]]),
    );
    expect(await wrongCounters(db)).toEqual([]);
  });

  test('one boost a person, and none of what is gone', async () => {
    const { store } = world;
    const target = await mustPost(store, alice);
    const boosts = await Promise.all(Array.from({ length: 10 }, () => post(store, bob, { boostOfId: target })));
    const made = boosts.filter((id) => id !== null);
    expect(made).toHaveLength(1);
    expect((await store.statusesByIds([target]))[0]?.boostsCount).toBe(1);
    expect(await store.boostIds(bob, [target])).toEqual(made);
    expect(await store.transaction((tx) => tx.deleteStatus(target))).toEqual({ deleted: true, boostIds: made });
    expect(await post(store, bob, { boostOfId: target })).toBeNull();
  });

  // Either the boost comes first and goes with its status, or it comes second and is refused.
  test('a boost that races the deletion of its status never outlives it', async () => {
    const { store, db } = world;
    for (let round = 0; round < 15; round += 1) {
      const target = await mustPost(store, alice);
      await Promise.all([
        post(store, bob, { boostOfId: target }),
        store.transaction((tx) => tx.deleteStatus(target)),
        post(store, remote, { boostOfId: target, local: false }),
      ]);
    }
    expect(
      await db.query('SELECT b.id FROM social.statuses b JOIN social.statuses t ON t.id = b.boost_of_id WHERE b.deleted_at IS NULL AND t.deleted_at IS NOT NULL'),
    ).toEqual([]);
    expect(await wrongCounters(db)).toEqual([]);
  });

  test('a parent and its replies that arrive at once are tied together', async () => {
    const { store, db } = world;
    for (let round = 0; round < 10; round += 1) {
      const parentUri = `https://far.example/parent/${round}`;
      await Promise.all([
        ...[1, 2, 3].map((n) =>
          store.transaction((tx) => tx.insertStatus(remoteStatus(`${parentUri}/reply/${n}`, { inReplyToUri: parentUri }))),
        ),
        store.transaction(async (tx) => {
          const id = await tx.insertStatus(remoteStatus(parentUri));
          if (id !== null) await tx.adoptOrphans([{ uri: parentUri, id, accountId: remote }]);
        }),
      ]);
      const [parent] = await store.statusesByUris([parentUri]);
      expect(parent?.repliesCount).toBe(3);
    }
    expect(await db.query('SELECT id FROM social.statuses WHERE in_reply_to_uri IS NOT NULL')).toEqual([]);
  });

  test('posts belong together by their parents, and where these are missing by what they say they belong to', async () => {
    const { store } = world;
    const thread = 'tag:far.example,2026-01-01:objectId=7:objectType=Conversation';
    const uri = (name: string): string => `https://far.example/grouped/${name}`;
    const insert = (name: string, change: Parameters<typeof remoteStatus>[1]): Promise<unknown> => store.transaction((tx) => tx.insertStatus(remoteStatus(uri(name), change)));
    await insert('a', { inReplyToUri: uri('lost'), conversationUri: thread });
    await insert('b', { inReplyToUri: uri('lost too'), conversationUri: thread });
    await insert('below b', { inReplyToUri: uri('b') });
    await insert('elsewhere', { conversationUri: 'tag:other' });
    // The parent's word counts, whatever a post says of itself.
    await insert('liar', { inReplyToUri: uri('elsewhere'), conversationUri: thread });
    const threads = async (...names: string[]): Promise<string[]> => {
      const found = new Map((await store.statusesByUris(names.map(uri))).map((status) => [status.uri, status.conversationId]));
      return names.map((name) => found.get(uri(name)) ?? 'gone');
    };
    const [a, ...others] = await threads('a', 'b', 'below b');
    expect(others).toEqual([a, a]);
    const [elsewhere, liar] = await threads('elsewhere', 'liar');
    expect([liar, elsewhere === a]).toEqual([elsewhere, false]);

    // Found at last, the parent takes what stands below it along.
    await store.transaction(async (tx) => {
      const id = await tx.insertStatus(remoteStatus(uri('lost too'), { inReplyToUri: uri('elsewhere') }));
      if (id !== null) await tx.adoptOrphans([{ uri: uri('lost too'), id, accountId: remote }]);
    });
    expect(await threads('b', 'below b', 'a')).toEqual([elsewhere, elsewhere, a]);
    // The next test of orphans counts all of them.
    await world.db.query('UPDATE social.statuses SET in_reply_to_uri = NULL WHERE uri = $1', [uri('a')]);
  });

  test('a Delete that races or overtakes its Create wins', async () => {
    const { store } = world;
    for (let round = 0; round < 15; round += 1) {
      const uri = `https://far.example/doomed/${round}`;
      await Promise.all([
        store.transaction((tx) => tx.insertStatus(remoteStatus(uri))),
        store.transaction(async (tx) => {
          await tx.addTombstone(uri, AUTHOR);
          const [status] = await tx.statusesByUris([uri]);
          if (status !== undefined) await tx.deleteStatus(status.id);
        }),
      ]);
      const [left] = await store.statusesByUris([uri]);
      expect(left === undefined || left.deletedAt !== null).toBe(true);
      expect(await store.transaction((tx) => tx.insertStatus(remoteStatus(uri)))).toBeNull();
      expect(await store.isTombstoned(AUTHOR, [uri, 'https://far.example/other'])).toEqual(new Set([uri]));
    }
  });

  // S021: on the same host, too.
  test('a tombstone keeps away what its own actor wrote, and nobody else’s', async () => {
    const { store } = world;
    const [uri, neighbour] = ['https://far.example/not-yet', 'https://far.example/people/mallory'];
    await store.transaction((tx) => tx.addTombstone(uri, neighbour));
    expect(await store.isTombstoned(AUTHOR, [uri])).toEqual(new Set());
    // The author's own stands beside it.
    await store.transaction((tx) => tx.addTombstone(`${uri}/2`, neighbour));
    await store.transaction((tx) => tx.addTombstone(`${uri}/2`, AUTHOR));
    expect(await store.transaction((tx) => tx.insertStatus(remoteStatus(uri)))).not.toBeNull();
    expect(await store.transaction((tx) => tx.insertStatus(remoteStatus(`${uri}/2`)))).toBeNull();
  });

  test('deleting blanks the content, keeps who holds copies, and moves every counter back once', async () => {
    const { store, db } = world;
    const parent = await mustPost(store, bob);
    const id = await mustPost(store, alice, {
      inReplyToId: parent,
      inReplyToAccountId: bob,
      tags: ['gone'],
      mentions: [{ accountId: bob, silent: false }],
    });
    await store.transaction(async (tx) => {
      await tx.insertFavourite({ id: ids.next(), accountId: remote, statusId: id, uri: null });
      await tx.insertFavourite({ id: ids.next(), accountId: bob, statusId: id, uri: null });
      await tx.insertBookmark({ id: ids.next(), accountId: bob, statusId: id });
    });
    const both = await Promise.all([1, 2].map(() => store.transaction((tx) => tx.deleteStatus(id))));
    expect(both.filter((result) => result.deleted)).toHaveLength(1);
    const [status] = await store.statusesByIds([id]);
    expect(status).toMatchObject({ content: '', text: null, tags: [], favouritesCount: 0, deletedAt: expect.any(Date) });
    expect(status?.mentions).toHaveLength(1);
    expect(await store.interactedWith([id, parent], 10)).toEqual(new Map([[id, [remote]], [parent, [expect.anything()]]]));
    expect(await store.favouriteStatusIds(bob, page())).toEqual([]);
    expect(await store.bookmarkStatusIds(bob, page())).toEqual([]);
    expect((await store.statusesByIds([parent]))[0]?.repliesCount).toBe(0);
    expect(await store.transaction((tx) => tx.insertFavourite({ id: ids.next(), accountId: bob, statusId: id, uri: null }))).toBe(false);
    expect(await wrongCounters(db)).toEqual([]);
  });

  test('only a newer edit counts; former versions are kept, people once named stay as silent mentions', async () => {
    const { store } = world;
    const id = await mustPost(store, alice, { tags: ['one'], mentions: [{ accountId: bob, silent: false }] });
    const edit = (content: string, at: string) =>
      store.transaction((tx) =>
        tx.editStatus(id, {
          content,
          text: content,
          spoilerText: '',
          sensitive: true,
          language: null,
          media: [],
          emojis: [],
          tags: ['two'],
          mentions: [{ accountId: remote, silent: false }],
          editedAt: new Date(at),
        }),
      );
    expect(await edit('second', '2026-02-03T00:00:00Z')).toBe(true);
    expect(await edit('late', '2026-02-02T00:00:00Z')).toBe(false);
    expect(await edit('second again', '2026-02-03T00:00:00Z')).toBe(false);
    expect(await edit('third', '2026-02-04T00:00:00Z')).toBe(true);
    const [status] = await store.statusesByIds([id]);
    expect(status).toMatchObject({ content: 'third', sensitive: true, editedAt: new Date('2026-02-04T00:00:00Z') });
    expect(status?.mentions.map(({ accountId, silent }) => ({ accountId, silent }))).toEqual([
      { accountId: bob, silent: true },
      { accountId: remote, silent: false },
    ]);
    const edits = await store.statusEdits(id, 10);
    expect(edits.map((row) => row.content)).toEqual(['<p>hello</p>', 'second']);
    expect(edits[0]?.createdAt).toEqual(new Date('2026-02-01T00:00:00Z'));
    const tagged = (tag: string) => store.tagStatusIds({ page: page(), any: [tag], all: [], none: [], scope: 'all', onlyMedia: false });
    expect(await tagged('one')).toEqual([]);
    expect(await tagged('two')).toEqual([id]);
  });

  test('an Idempotency-Key answers with the status that took it, and is free again after an hour', async () => {
    const { store, db } = world;
    const claims = await Promise.all(
      Array.from({ length: 5 }, () => store.transaction((tx) => tx.claimIdempotencyKey(alice, 'key', ids.next()))),
    );
    expect(claims.filter((holder) => holder === null)).toHaveLength(1);
    expect(new Set(claims.filter((holder) => holder !== null)).size).toBe(1);
    await db.query(`UPDATE social.idempotency_keys SET created_at = now() - interval '61 minutes'`);
    expect(await store.transaction((tx) => tx.claimIdempotencyKey(alice, 'key', ids.next()))).toBeNull();
  });

  test('events commit with the state, carry the trace, and wake the relay once', async () => {
    const { store, db, wokenTimes } = world;
    const before = wokenTimes();
    const status = newStatus(alice);
    const event = { statusId: status.id, authorId: alice, visibility: 'public', boostOfId: null, local: true, publishedAt: status.createdAt.toISOString() } as const;
    await store.transaction(async (tx) => {
      await tx.insertStatus(status);
      await tx.appendEvent(StatusPublishedV1, event);
      await tx.appendEvent(StatusPublishedV1, event);
    });
    await expect(
      store.transaction(async (tx) => {
        await tx.appendEvent(StatusPublishedV1, event);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(wokenTimes()).toBe(before + 1);
    const rows = await db.query<{ subject: string; trace: string; same: boolean }>(
      `SELECT subject, trace, payload->>'eventId' = event_id::text AS same FROM events.outbox WHERE payload->>'statusId' = $1`,
      [status.id],
    );
    expect(rows).toEqual([1, 2].map(() => ({ subject: 'status.published.v1', trace: '00-trace', same: true })));
    await expect(store.transaction((tx) => tx.appendEvent(StatusPublishedV1, { ...event, authorId: 'nobody' as Snowflake }))).rejects.toThrow();
  });

  test('ids sort as numbers: an old status stands below a new one', async () => {
    const { store } = world;
    const old = firstIdAt(Date.parse('2001-09-09T00:00:00Z'));
    await store.transaction((tx) => tx.insertStatus(remoteStatus('https://far.example/old', { id: old, tags: ['order'] })));
    const fresh = await mustPost(store, alice, { tags: ['order'] });
    expect(await store.tagStatusIds({ page: page(), any: ['order'], all: [], none: [], scope: 'all', onlyMedia: false })).toEqual([fresh, old]);
  });
});
