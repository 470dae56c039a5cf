import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { SqlSocialStore } from '@trunkline/persistence';
import { until, type TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

let bench: InboxBench;
/** Here. */
let alice: TestPerson;
let bob: TestPerson;
/** There: Amy and Ned share a server, Eve has her own. Alice follows Amy. */
let amy: PeerActor;
let ned: PeerActor;
let eve: PeerActor;

beforeAll(async () => {
  bench = await InboxBench.start();
  [alice, bob] = [await bench.server.person('alice'), await bench.server.person('bob')];
  [amy, ned, eve] = [bench.peer.actor('amy'), bench.peer.actor('ned'), bench.other.actor('eve')];
  await bench.follows(alice, amy);
}, 60_000);
afterAll(async () => bench?.stop());

const mentioning = (person: TestPerson) => ({
  cc: [person.account.uri],
  tag: [{ type: 'Mention', href: person.account.uri, name: `@${person.handle}` }],
});

describe('Create', () => {
  test('of somebody who is followed, inline or by its id, is published once', async () => {
    const published = await bench.events('status.published.v1');
    const [inline, byId] = [bench.peer.note(amy), bench.peer.note(amy)];
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, inline))).toBe('applied');
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, byId.id))).toBe('applied');
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, inline))).toBe('applied');
    expect(await bench.events('status.published.v1')).toBe(published + 2);
    expect((await bench.status(inline.id))?.visibility).toBe('public');
    expect((await bench.status(byId.id))?.content).toBe('<p>hello</p>');
  });

  test('of a post that names nobody is for whom the activity names', async () => {
    const [shown, kept] = [{ ...bench.peer.note(amy), to: undefined, cc: undefined }, { ...bench.peer.note(amy), to: [], cc: [], bto: [alice.account.uri] }];
    for (const note of [shown, kept]) expect(await bench.apply(amy, { ...bench.peer.activity('Create', amy, note), to: ['https://www.w3.org/ns/activitystreams#Public'] })).toBe('applied');
    expect((await bench.status(shown.id))?.visibility).toBe('public');
    expect((await bench.status(kept.id))?.visibility).toBe('direct');
  });

  // Or a crowd elsewhere would hold up what people here write.
  test('is told in the lane of remotes, what people here write in the local one', async () => {
    const note = bench.peer.note(amy);
    await bench.apply(amy, bench.peer.activity('Create', amy, note));
    const [theirs, ours] = [await bench.status(note.id), await bench.publish(alice)];
    const rows = await bench.server.backbone.db.query<{ remote: boolean }>(
      `SELECT is_remote AS remote FROM events.outbox WHERE subject = 'status.published.v1' AND payload->>'statusId' = ANY($1) ORDER BY id`,
      [[theirs?.id, ours.id]],
    );
    expect(rows).toEqual([{ remote: true }, { remote: false }]);
  });

  test('of a stranger passes only when it concerns somebody here', async () => {
    const stranger = bench.other.actor('stranger');
    const spam = bench.other.note(stranger);
    expect(await bench.apply(stranger, bench.other.activity('Create', stranger, spam))).toBe('ignored: not_relevant');
    expect(await bench.account(stranger.uri)).toBeUndefined();

    const hello = bench.other.note(stranger, mentioning(bob));
    expect(await bench.apply(stranger, bench.other.activity('Create', stranger, hello))).toBe('applied');
    expect((await bench.status(hello.id))?.mentions.map((mention) => mention.accountId)).toEqual([bob.account.id]);

    const post = await bench.publish(alice);
    const reply = bench.other.note(stranger, { inReplyTo: post.uri });
    expect(await bench.apply(stranger, bench.other.activity('Create', stranger, reply))).toBe('applied');
    expect((await bench.status(reply.id))?.inReplyToId).toBe(post.id);
  });

  test('a direct one is direct, whatever it does not say', async () => {
    const note = bench.peer.note(amy, { to: [alice.account.uri], cc: [], tag: mentioning(alice).tag });
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, note))).toBe('applied');
    expect((await bench.status(note.id))?.visibility).toBe('direct');
  });

  // S001, S012, S021: another host's object, an id of ours, a neighbour's post.
  test('of what is not the actor’s own is ignored', async () => {
    const theirs = bench.other.note(eve, mentioning(alice));
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, theirs))).toBe('ignored: foreign_object');
    const claimed = { ...bench.other.note(eve, mentioning(alice)), attributedTo: amy.uri };
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, claimed))).toBe('ignored: foreign_object');
    const neighbours = bench.peer.note(ned, mentioning(alice));
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, neighbours))).toBe('ignored: foreign_author');
    const ours = { ...bench.peer.note(amy, mentioning(alice)), id: `${alice.account.uri}/statuses/1` };
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, ours))).toBe('ignored: foreign_object');
    for (const uri of [theirs.id, claimed.id, neighbours.id, ours.id]) expect(await bench.status(uri)).toBeUndefined();
  });

  test('parents come afterwards and are tied', async () => {
    const top = bench.other.note(eve);
    const middle = bench.peer.note(ned, { inReplyTo: top.id });
    const reply = bench.peer.note(amy, { inReplyTo: middle.id });
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, reply))).toBe('applied');
    const tied = await until('the thread', async () => {
      const [parent, child] = [await bench.status(middle.id), await bench.status(reply.id)];
      return parent !== undefined && parent.inReplyToId !== null && child?.inReplyToId === parent.id ? parent : null;
    });
    expect(tied.inReplyToId).toBe((await bench.status(top.id))?.id);
  });

  test('forwarded by another server it is read from its origin', async () => {
    const note = bench.peer.note(amy);
    const forged = { ...note, content: '<p>forged</p>' };
    const create = bench.peer.activity('Create', amy, forged, { signature: { type: 'RsaSignature2017', signatureValue: 'x' } });
    expect(await bench.apply(eve, create)).toBe('applied');
    expect((await bench.status(note.id))?.content).toBe('<p>hello</p>');
  });
});

describe('Update and Delete of a post', () => {
  test('the author edits; nobody else does', async () => {
    const note = bench.peer.note(amy);
    await bench.apply(amy, bench.peer.activity('Create', amy, note));
    const edited = { ...note, content: '<p>edited</p>', updated: new Date(Date.now() + 1_000).toISOString() };
    // A neighbour's word has the origin asked, which knows of no edit.
    expect(await bench.apply(ned, bench.peer.activity('Update', ned, edited))).toBe('ignored: unchanged');
    expect(await bench.apply(eve, bench.other.activity('Update', eve, edited))).toBe('ignored: foreign_object');
    expect((await bench.status(note.id))?.content).toBe('<p>hello</p>');
    expect(await bench.apply(amy, bench.peer.activity('Update', amy, { ...edited, updated: new Date().toISOString() }))).toBe('applied');
    expect((await bench.status(note.id))?.content).toBe('<p>edited</p>');
  });

  test('an edit that comes before its post, and before an older edit, stays', async () => {
    const ago = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();
    const note = bench.peer.note(amy, { ...mentioning(alice), published: ago(60) });
    const version = (content: string, seconds: number) => bench.peer.activity('Update', amy, { ...note, content, updated: ago(seconds) });
    expect(await bench.apply(amy, version('<p>second</p>', 20))).toBe('applied');
    expect(await bench.apply(amy, version('<p>first</p>', 40))).toMatch(/^(ignored|applied)/);
    await bench.apply(amy, bench.peer.activity('Create', amy, note));
    expect((await bench.status(note.id))?.content).toBe('<p>second</p>');
    expect(await bench.apply(amy, version('<p>third</p>', 10))).toBe('applied');
    expect((await bench.status(note.id))?.content).toBe('<p>third</p>');
  });

  // Seen with activitypub.bot, which dates no edit, and sends it as the address of the post alone.
  test('an edit without a date is one when it says other words, and none when it says the same', async () => {
    const note = bench.peer.note(amy, { ...mentioning(alice) });
    await bench.apply(amy, bench.peer.activity('Create', amy, note));
    expect(await bench.apply(amy, bench.peer.activity('Update', amy, { ...note, summary: null }))).toBe('ignored: unchanged');
    expect((await bench.status(note.id))?.editedAt).toBeNull();
    expect(await bench.apply(amy, bench.peer.activity('Update', amy, { ...note, content: '<p>undated</p>' }))).toBe('applied');
    expect(await bench.status(note.id)).toMatchObject({ content: '<p>undated</p>', editedAt: expect.any(Date) });
  });

  // Seen with two copies: the edit's copy looked before the Create's had committed, and wrote after it.
  test('an edit whose post is written between its look and its row is still an edit', async () => {
    const ago = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();
    const note = bench.peer.note(amy, { ...mentioning(alice), published: ago(60) });
    await bench.apply(amy, bench.peer.activity('Create', amy, note));
    const looks = jest.spyOn(SqlSocialStore.prototype, 'statusesByUris').mockResolvedValueOnce([]).mockResolvedValueOnce([]);
    const edit = bench.peer.activity('Update', amy, { ...note, content: '<p>edited</p>', updated: ago(20) });
    expect(await bench.apply(amy, edit)).toBe('applied');
    looks.mockRestore();
    expect((await bench.status(note.id))?.content).toBe('<p>edited</p>');
  });

  // S018, S021.
  test('the author deletes; nobody else does; a replayed Create changes nothing', async () => {
    const note = bench.peer.note(amy);
    const create = bench.peer.activity('Create', amy, note);
    await bench.apply(amy, create);
    expect(await bench.apply(ned, bench.peer.activity('Delete', ned, note.id))).toBe('ignored: foreign_author');
    expect(await bench.apply(eve, bench.other.activity('Delete', eve, note.id))).toBe('ignored: foreign_object');
    expect((await bench.status(note.id))?.deletedAt).toBeNull();
    const tombstone = { id: note.id, type: 'Tombstone' };
    expect(await bench.apply(amy, bench.peer.activity('Delete', amy, tombstone))).toBe('applied');
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, note))).toBe('ignored: tombstone');
    expect((await bench.status(note.id))?.deletedAt).not.toBeNull();
  });

  test('a Delete that overtakes its Create wins, however often the Create comes', async () => {
    const note = bench.peer.note(amy);
    expect(await bench.apply(amy, bench.peer.activity('Delete', amy, note.id))).toBe('applied');
    const creates = Array.from({ length: 20 }, () => bench.apply(amy, bench.peer.activity('Create', amy, note)));
    expect(new Set(await Promise.all(creates))).toEqual(new Set(['ignored: tombstone']));
    expect(await bench.status(note.id)).toBeUndefined();
  });
});

describe('Announce and Like', () => {
  test('a boost of what is public stands until it is undone', async () => {
    const post = await bench.publish(bob);
    const boost = bench.other.activity('Announce', eve, post.uri, { to: ['as:Public'] });
    expect(await bench.apply(eve, boost)).toBe('applied');
    expect((await bench.status(boost.id))?.boostOfId).toBe(post.id);
    expect(await bench.apply(eve, bench.other.activity('Undo', eve, boost))).toBe('applied');
    expect((await bench.status(boost.id))?.deletedAt).not.toBeNull();
  });

  test('an Undo that overtakes its Announce or Like wins', async () => {
    const post = await bench.publish(bob);
    const boost = bench.other.activity('Announce', eve, post.uri);
    await bench.apply(eve, bench.other.activity('Undo', eve, boost));
    await bench.apply(eve, boost);
    expect(await bench.status(boost.id)).toBeUndefined();
    const like = bench.other.activity('Like', eve, post.uri);
    await bench.apply(eve, bench.other.activity('Undo', eve, like));
    expect(await bench.apply(eve, like)).toBe('ignored: undone');
    expect((await bench.status(post.uri))?.favouritesCount).toBe(0);
  });

  test('what the actor cannot see can be neither liked nor boosted', async () => {
    const secret = await bench.publish(bob, { visibility: 'private' });
    expect(await bench.apply(eve, bench.other.activity('Like', eve, secret.uri))).toBe('ignored: not_visible');
    expect(await bench.apply(eve, bench.other.activity('Announce', eve, secret.uri))).toBe('ignored: not_visible');
    await bench.apply(ned, bench.peer.activity('Follow', ned, bob.account.uri));
    expect(await bench.apply(ned, bench.peer.activity('Like', ned, secret.uri))).toBe('applied');
    expect(await bench.apply(ned, bench.peer.activity('Announce', ned, secret.uri))).toBe('ignored: not_public');
  });

  test('a boost by somebody who is followed brings the post from its own server', async () => {
    const note = bench.other.note(eve);
    const boost = bench.peer.activity('Announce', amy, { ...note, content: '<p>forged</p>' });
    expect(await bench.apply(amy, boost)).toBe('applied');
    expect((await bench.status(note.id))?.content).toBe('<p>hello</p>');
    expect((await bench.status(boost.id))?.visibility).toBe('private');
    expect(await bench.apply(eve, bench.other.activity('Announce', eve, bench.peer.note(ned).id))).toBe('ignored: not_relevant');
  });

  test('a like counts once and is taken back', async () => {
    const post = await bench.publish(bob);
    const like = bench.other.activity('Like', eve, post.uri);
    await bench.apply(eve, like);
    await bench.apply(eve, bench.other.activity('Like', eve, post.uri));
    expect((await bench.status(post.uri))?.favouritesCount).toBe(1);
    expect(await bench.apply(eve, bench.other.activity('Undo', eve, like))).toBe('applied');
    expect((await bench.status(post.uri))?.favouritesCount).toBe(0);
  });
});

test('a suspended account may end what it did, and nothing else', async () => {
  const bad = bench.other.actor('bad');
  const note = bench.other.note(bad, mentioning(alice));
  await bench.apply(bad, bench.other.activity('Create', bad, note));
  const account = await bench.account(bad.uri);
  if (account === undefined) throw new Error('bad is unknown');
  await bench.server.backbone.store.transaction((tx) => tx.updateAccount(account.id, { suspendedAt: new Date() }));
  expect(await bench.apply(bad, bench.other.activity('Create', bad, bench.other.note(bad, mentioning(alice))))).toBe('ignored: actor_suspended');
  expect(await bench.apply(bad, bench.other.activity('Delete', bad, note.id))).toBe('applied');
});
