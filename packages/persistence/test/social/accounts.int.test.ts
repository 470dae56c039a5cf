import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addAccount, followTie, ids, mustPost, page, profile, startWorld, wrongCounters, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());

describe('accounts', () => {
  test('a row comes back as it was written, dates in fields included, NUL and half characters gone', async () => {
    const { store } = world;
    const id = ids.next();
    const written = profile('Round', null, {
      displayName: 'Ro\u0000und',
      note: 'Hi \u{1F600}',
      fields: [{ name: 'site\u0000', value: 'x\ud800', verifiedAt: new Date('2026-03-01T00:00:00Z') }],
      alsoKnownAs: ['https://old.example/r'],
    });
    expect(await store.transaction((tx) => tx.insertAccount({ ...written, id }))).toBe(true);
    const [account] = await store.accountsByIds([id, ids.next()]);
    expect(account).toMatchObject({
      id,
      username: 'Round',
      displayName: 'Round',
      note: 'Hi \u{1F600}',
      fields: [{ name: 'site', value: 'x\ufffd', verifiedAt: new Date('2026-03-01T00:00:00Z') }],
      alsoKnownAs: ['https://old.example/r'],
      followersCount: 0,
      lastStatusAt: null,
      deletedAt: null,
    });
    expect(await store.transaction((tx) => tx.insertAccount({ ...profile('rOUND'), id: ids.next() }))).toBe(false);
  });

  test('handles are found without regard to case', async () => {
    const { store } = world;
    const local = await addAccount(store, 'Handy');
    const remote = await addAccount(store, 'handy', 'far.example');
    const found = await store.accountsByHandles([
      { username: 'hANDY', domain: null },
      { username: 'HANDY', domain: 'FAR.example' },
      { username: 'nobody', domain: null },
    ]);
    expect(found.map((account) => account.id).sort()).toEqual([local, remote].sort());
  });

  test('a remote account is made once and refreshed after that; twenty at a time are still one', async () => {
    const { store } = world;
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, turn) =>
        store.transaction((tx) => tx.upsertRemoteAccount(profile('crowd', 'far.example', { displayName: `turn ${turn}` }), { freshId: ids.next(), goesOn: false })),
      ),
    );
    expect(new Set(results.map((account) => account.id)).size).toBe(1);
  });

  test('a server set up anew goes on under another uri, with its followers and what was decided', async () => {
    const { store } = world;
    const before = await addAccount(store, 'reborn', 'far.example');
    const reader = await addAccount(store, 'reborns-reader');
    await store.transaction(async (tx) => {
      await tx.insertFollow(followTie(reader, before));
      await tx.updateAccount(before, { silencedAt: new Date(7) });
    });
    const after = await store.transaction((tx) =>
      tx.upsertRemoteAccount(profile('Reborn', 'far.example', { uri: 'https://far.example/new/1' }), { freshId: ids.next(), goesOn: true }),
    );
    expect(after).toMatchObject({ id: before, uri: 'https://far.example/new/1', silencedAt: new Date(7), followersCount: 1 });
    expect(await store.accountsByHandles([{ username: 'reborn', domain: 'far.example' }])).toHaveLength(1);
  });

  test('of two that are known, who is renamed to the other’s handle takes it; the other loses it and keeps the rest', async () => {
    const { store } = world;
    const former = await addAccount(store, 'wanted', 'far.example');
    const other = await addAccount(store, 'plain', 'far.example');
    const [{ uri } = { uri: '' }] = await store.accountsByIds([other]);
    const after = await store.transaction((tx) => tx.upsertRemoteAccount(profile('wanted', 'far.example', { uri }), { freshId: ids.next(), goesOn: true }));
    expect(after).toMatchObject({ id: other, username: 'wanted' });
    expect((await store.accountsByIds([former]))[0]?.username).toBe(`wanted.${former}`);
  });

  test('who is gone for good stays gone when somebody else comes under the handle', async () => {
    const { store } = world;
    const gone = await addAccount(store, 'ended', 'far.example');
    await store.transaction((tx) => tx.deleteAccount(gone));
    const after = await store.transaction((tx) => tx.upsertRemoteAccount(profile('ended', 'far.example', { uri: 'https://far.example/new/2' }), { freshId: ids.next(), goesOn: true }));
    expect(after.id).not.toBe(gone);
    expect((await store.accountsByIds([gone]))[0]).toMatchObject({ username: `ended.${gone}`, deletedAt: expect.any(Date) });
  });

  test('what an account leaves behind is erased bit by bit', async () => {
    const { db, store } = world;
    const [prolific, other] = [await addAccount(store, 'prolific', 'far.example'), await addAccount(store, 'other', 'far.example')];
    await db.query(
      `INSERT INTO social.statuses (id, account_id, uri, url, local, content, visibility, conversation_id, created_at)
       SELECT n, CASE WHEN n % 100 = 0 THEN $2::bigint ELSE $1 END, 'https://far.example/n/' || n, 'https://far.example/n/' || n, false, 'x', 'public', n, now() FROM generate_series(1001, 2200) AS n`,
      [prolific, other],
    );
    const erased: number[] = [];
    while (erased.at(-1) !== 0) erased.push(await store.transaction((tx) => tx.eraseSome([prolific])));
    expect(erased).toEqual([500, 500, 188, 0]);
    expect((await store.accountsByIds([prolific]))[0]?.deletedAt).toBeNull();
    await store.transaction((tx) => tx.deleteAccounts([prolific, other]));
    expect((await store.accountsByIds([prolific, other])).filter(({ deletedAt }) => deletedAt === null)).toEqual([]);
    expect(await db.query(`SELECT id FROM social.statuses WHERE account_id = ANY($1) AND deleted_at IS NULL LIMIT 1`, [[prolific, other]])).toEqual([]);
  });

  test('a change writes only what it names', async () => {
    const { store } = world;
    const id = await addAccount(store, 'changer');
    await store.transaction((tx) => tx.updateAccount(id, { displayName: 'New', silencedAt: new Date(5), fields: [] }));
    await store.transaction((tx) => tx.updateAccount(id, { displayName: undefined, silencedAt: null }));
    expect((await store.accountsByIds([id]))[0]).toMatchObject({ displayName: 'New', silencedAt: null, discoverable: true });
  });

  test('search finds prefixes of names, display names and hosts, exact names first, wildcards taken literally', async () => {
    const { store } = world;
    const anna = await addAccount(store, 'zanna');
    const ann = await addAccount(store, 'zann', 'finder.example');
    const viewer = await addAccount(store, 'viewer');
    await store.transaction((tx) => tx.insertFollow(followTie(viewer, ann)));
    const search = async (text: string, followedBy?: string) =>
      (await store.searchAccounts({ text, limit: 10, offset: 0, ...(followedBy === undefined ? {} : { followedBy: viewer }) })).map((a) => a.id);
    expect(await search('ZANN')).toEqual([ann, anna]);
    expect(await search('@zann@finder')).toEqual([ann]);
    expect(await search('finder.exa')).toEqual([ann]);
    expect(await search('zan', 'viewer')).toEqual([ann]);
    expect(await search('%')).toEqual([]);
    expect(await search('@')).toEqual([]);
  });

  test('a deleted account leaves a tombstone, and counters of everybody else are right', async () => {
    const { store, db } = world;
    const gone = await addAccount(store, 'goner', 'far.example');
    const friend = await addAccount(store, 'friend');
    const theirs = await mustPost(store, friend);
    await store.transaction(async (tx) => {
      await tx.insertFollow(followTie(gone, friend));
      await tx.insertFollow(followTie(friend, gone));
      await tx.insertFavourite({ id: ids.next(), accountId: gone, statusId: theirs, uri: null });
    });
    const own = await mustPost(store, gone, { inReplyToId: theirs, inReplyToAccountId: friend });
    await mustPost(store, gone, { boostOfId: theirs });
    await mustPost(store, friend, { boostOfId: own });
    await store.transaction((tx) => tx.deleteAccount(gone));
    await store.transaction((tx) => tx.deleteAccount(gone));
    expect((await store.accountsByIds([gone]))[0]).toMatchObject({ username: 'goner', displayName: '', deletedAt: expect.any(Date) });
    expect(await store.followerIds(friend, page())).toEqual([]);
    expect((await store.statusesByIds([theirs]))[0]).toMatchObject({ repliesCount: 0, boostsCount: 0, favouritesCount: 0 });
    expect((await store.accountsByIds([friend]))[0]).toMatchObject({ statusesCount: 1, followersCount: 0, followingCount: 0 });
    expect(await wrongCounters(db)).toEqual([]);
    const again = await store.transaction((tx) => tx.upsertRemoteAccount(profile('goner', 'far.example', { displayName: 'Back' }), { freshId: ids.next(), goesOn: false }));
    expect(again).toMatchObject({ id: gone, displayName: '', deletedAt: expect.any(Date) });
  });
});
