import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Status } from '@trunkline/domain';
import type { TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
let bench: InboxBench;
let alice: TestPerson;
/** A community and Amy on one server, Eve on another. */
let group: PeerActor;
let amy: PeerActor;
let eve: PeerActor;
let count = 0;

beforeAll(async () => {
  bench = await InboxBench.start();
  alice = await bench.server.person('alice');
}, 60_000);
afterAll(async () => bench?.stop());

beforeEach(async () => {
  count += 1;
  [group, amy, eve] = [bench.peer.actor(`main${count}`), bench.peer.actor(`amy${count}`), bench.other.actor(`eve${count}`)];
  bench.peer.documents.set(new URL(group.uri).pathname, { ...group.document, type: 'Group' });
  await bench.follows(alice, group);
});

const server = (actor: PeerActor) => (actor.uri.startsWith(bench.peer.url) ? bench.peer : bench.other);
/** A post to the community, as Lemmy writes one. */
const page = (author: PeerActor, more: object = {}) => server(author).note(author, { type: 'Page', name: 'A title', to: [group.uri, PUBLIC], audience: group.uri, ...more });
const of = (type: string, actor: PeerActor, object: unknown, more: object = {}) => server(actor).activity(type, actor, object, { audience: group.uri, ...more });
const announce = (inner: unknown) => bench.peer.activity('Announce', group, inner, { to: [`${group.uri}/followers`], cc: [PUBLIC] });
const passOn = (inner: unknown): Promise<string> => bench.apply(group, announce(inner));
const living = async (uri: string): Promise<Status | null> => {
  const status = await bench.status(uri);
  return status === undefined || status.deletedAt !== null ? null : status;
};

/** What the group shows to its followers. */
async function boosted(): Promise<string[]> {
  const rows = await bench.server.backbone.db.query<{ uri: string }>(
    `SELECT t.uri FROM social.statuses s JOIN social.accounts a ON a.id = s.account_id JOIN social.statuses t ON t.id = s.boost_of_id
      WHERE a.uri = $1 AND s.deleted_at IS NULL ORDER BY s.id LIMIT 100`,
    [group.uri],
  );
  return rows.map((row) => row.uri);
}

describe('what members write', () => {
  test('is a boost of the group once, whatever the group announces of it; answers stand in the thread', async () => {
    const post = page(eve);
    expect(await passOn(of('Create', eve, post))).toBe('applied');
    // For servers that know no groups, Lemmy announces the post itself as well.
    expect(await passOn(post.id)).toBe('applied');
    expect(await boosted()).toEqual([post.id]);
    const answer = bench.peer.note(amy, { inReplyTo: post.id, to: [PUBLIC], cc: [group.uri] });
    expect(await passOn(of('Create', amy, answer))).toBe('applied');
    expect(await living(answer.id)).toMatchObject({ inReplyToId: (await living(post.id))?.id });
    expect(await boosted()).toEqual([post.id]);
  });

  test('S154 is what its own server shows, not what the group says of another server', async () => {
    const post = page(eve);
    expect(await passOn(of('Create', eve, { ...post, content: '<p>forged</p>' }))).toBe('applied');
    expect((await living(post.id))?.content).toContain('hello');
    const never = { ...post, id: `${bench.other.url}/notes/never`, content: '<p>forged</p>' };
    expect(await passOn(of('Create', eve, never))).toBe('ignored: object_not_found');
    expect(await bench.status(never.id)).toBeUndefined();
    // In Amy's name, but of Eve's server.
    expect(await passOn({ ...of('Create', eve, { ...post, id: `${bench.peer.url}/notes/${count}x` }), actor: eve.uri })).toBe('ignored: foreign_object');
  });

  test('and who is followed by nobody here, or is no group, passes on nothing', async () => {
    const stranger = bench.peer.actor(`lonely${count}`);
    bench.peer.documents.set(new URL(stranger.uri).pathname, { ...stranger.document, type: 'Group' });
    const post = page(eve);
    expect(await bench.apply(stranger, bench.peer.activity('Announce', stranger, of('Create', eve, post)))).toBe('ignored: unknown_actor');
    await bench.follows(alice, amy);
    expect(await bench.apply(amy, bench.peer.activity('Announce', amy, of('Create', eve, post)))).toBe('ignored: not_a_group');
    expect(await bench.status(post.id)).toBeUndefined();
  });
});

describe('changes and ends', () => {
  test('an edit is read where the post lies', async () => {
    const post = page(eve, { published: new Date(Date.now() - 60_000).toISOString() });
    await passOn(of('Create', eve, post));
    const edited = { ...post, content: '<p>edited</p>', updated: new Date(Date.now() - 1_000).toISOString() };
    expect(await passOn(of('Update', eve, { ...edited, content: '<p>forged</p>' }))).toBe('ignored: unchanged');
    expect((await living(post.id))?.content).not.toContain('forged');
    bench.other.documents.set(new URL(post.id).pathname, edited);
    expect(await passOn(of('Update', eve, { ...edited, content: '<p>forged</p>' }))).toBe('applied');
    expect((await living(post.id))?.content).toContain('edited');
  });

  test("a moderator takes a member's post of the same server away, with a reason", async () => {
    const post = page(amy);
    await passOn(of('Create', amy, post));
    const moderator = bench.peer.actor(`mod${count}`);
    expect(await passOn(of('Delete', moderator, post.id, { summary: 'spam' }))).toBe('applied');
    expect([await living(post.id), await boosted()]).toEqual([null, []]);
  });

  test('S021 S154 what a neighbour wrote outside of the group is not its to change or to end', async () => {
    await bench.follows(alice, amy);
    const diary = bench.peer.note(amy, { content: '<p>my own</p>', published: new Date(Date.now() - 60_000).toISOString() });
    await bench.apply(amy, bench.peer.activity('Create', amy, diary));
    const moderator = bench.peer.actor(`mod${count}`);
    const forged = { ...diary, content: '<p>forged</p>', updated: new Date(Date.now() - 1_000).toISOString() };
    expect(await passOn(of('Update', amy, forged))).toMatch(/^ignored/);
    expect(await passOn(of('Delete', moderator, diary.id, { summary: 'spam' }))).toBe('applied');
    expect(await living(diary.id)).toMatchObject({ content: '<p>my own</p>', editedAt: null });
    // Its own server says the same: then it is so.
    bench.peer.documents.set(new URL(diary.id).pathname, 410);
    expect(await passOn(of('Delete', moderator, diary.id))).toBe('applied');
    expect(await living(diary.id)).toBeNull();
  });

  test('an edit and the end of an answer in the group’s thread count by its word', async () => {
    const post = page(amy, { published: new Date(Date.now() - 60_000).toISOString() });
    await passOn(of('Create', amy, post));
    const answer = bench.peer.note(amy, { inReplyTo: post.id, to: [PUBLIC], cc: [group.uri], published: new Date(Date.now() - 50_000).toISOString() });
    await passOn(of('Create', amy, answer));
    const from = bench.peer.asked.length;
    expect(await passOn(of('Update', amy, { ...answer, content: '<p>better</p>', updated: new Date(Date.now() - 1_000).toISOString() }))).toBe('applied');
    expect((await living(answer.id))?.content).toContain('better');
    expect(await passOn(of('Delete', amy, answer.id))).toBe('applied');
    expect([await living(answer.id), bench.peer.asked.slice(from)]).toEqual([null, []]);
  });

  test('a copy that is addressed to the group alone hides no post; its own address says for whom it is', async () => {
    const post = page(amy, { published: new Date(Date.now() - 60_000).toISOString() });
    await passOn(of('Create', amy, post));
    const edited = { ...post, content: '<p>better</p>', updated: new Date(Date.now() - 2_000).toISOString() };
    const path = new URL(post.id).pathname;
    bench.peer.documents.set(path, edited);
    expect(await passOn(of('Update', amy, { ...edited, to: [`${group.uri}/followers`] }))).toBe('applied');
    expect(await living(post.id)).toMatchObject({ visibility: 'public', content: expect.stringContaining('better') as unknown });
    bench.peer.documents.set(path, { ...edited, to: [`${amy.uri}/followers`], content: '<p>for few</p>', updated: new Date(Date.now() - 1_000).toISOString() });
    expect(await passOn(of('Update', amy, { ...edited, to: [`${group.uri}/followers`] }))).toBe('applied');
    expect(await living(post.id)).toMatchObject({ visibility: 'private', content: expect.stringContaining('for few') as unknown });
  });

  test('S154 a post of another server only vanishes from the group, until its own server says it is gone', async () => {
    const post = page(eve);
    await passOn(of('Create', eve, post));
    const moderator = bench.peer.actor(`mod${count}`);
    expect(await passOn(of('Delete', moderator, post.id, { summary: 'off topic' }))).toBe('applied');
    expect([(await living(post.id))?.uri, await boosted()]).toEqual([post.id, []]);
    bench.other.documents.set(new URL(post.id).pathname, 410);
    expect(await passOn(of('Delete', moderator, post.id))).toBe('applied');
    expect(await living(post.id)).toBeNull();
  });

  test('a post of ours stays; the group shows it no more', async () => {
    const mine = await bench.publish(alice);
    await passOn(mine.uri);
    expect(await boosted()).toEqual([mine.uri]);
    expect(await passOn(of('Delete', amy, mine.uri, { summary: 'spam' }))).toBe('applied');
    expect([(await living(mine.uri))?.uri, await boosted()]).toEqual([mine.uri, []]);
  });
});

describe('votes', () => {
  const likes = async (uri: string): Promise<number> => (await bench.status(uri))?.favouritesCount ?? -1;

  test("of the group's own server count; of others only when they stand there and are about a post of ours", async () => {
    const mine = await bench.publish(alice);
    expect(await passOn(of('Like', amy, mine.uri))).toBe('applied');
    expect(await likes(mine.uri)).toBe(1);
    const forged = of('Like', eve, mine.uri);
    expect(await passOn(forged)).toBe('ignored: unproven');
    expect(await likes(mine.uri)).toBe(1);
    const real = of('Like', eve, mine.uri);
    bench.other.documents.set(new URL(real.id).pathname, real);
    expect(await passOn(real)).toBe('applied');
    expect(await likes(mine.uri)).toBe(2);
    expect(await passOn(of('Undo', amy, of('Like', amy, mine.uri)))).toBe('applied');
    expect(await likes(mine.uri)).toBe(1);
    expect(await passOn(of('Dislike', amy, mine.uri))).toBe('ignored: dislike');
    const elsewhere = page(amy);
    await passOn(of('Create', amy, elsewhere));
    expect(await passOn(of('Like', eve, elsewhere.id))).toBe('ignored: group_vote');
  });

  test('S154 nobody here is spoken for', async () => {
    const mine = await bench.publish(alice);
    const other = await bench.publish(await bench.server.person(`bob${count}`));
    expect(await passOn({ ...of('Like', amy, other.uri), id: `${alice.account.uri}/likes/1`, actor: alice.account.uri })).toBe('ignored: unproven');
    expect([await likes(mine.uri), await likes(other.uri)]).toEqual([0, 0]);
  });
});

test('what moderators do to each other and to members is no business of ours', async () => {
  for (const inner of [
    of('Block', amy, eve.uri, { target: group.uri, removeData: true }),
    of('Add', amy, eve.uri, { target: `${group.uri}/moderators` }),
    of('Undo', amy, of('Block', amy, eve.uri, { target: group.uri })),
  ]) expect(await passOn(inner)).toBe('ignored: group_moderation');
  expect(await passOn(of('Lock', amy, eve.uri))).toBe('ignored: group_moderation');
});

describe('bans', () => {
  test('from the group: our person is out of it, and blocked by nobody', async () => {
    const moderator = bench.peer.actor(`mod${count}`);
    await bench.apply(moderator, bench.peer.activity('Follow', moderator, alice.account.uri));
    expect(await bench.apply(moderator, bench.peer.activity('Block', moderator, alice.account.uri, { target: group.uri, removeData: true, endTime: '2030-01-01T00:00:00Z' }))).toBe('applied');
    const [groupId, modId] = [(await bench.account(group.uri))?.id, (await bench.account(moderator.uri))?.id];
    if (groupId === undefined || modId === undefined) throw new Error('nobody');
    const { store } = bench.server.backbone;
    expect(await store.follow(alice.account.id, groupId)).toBeNull();
    expect(await store.follow(modId, alice.account.id)).not.toBeNull();
    expect((await store.viewerTies(alice.account.id, [modId])).get(modId)?.blockedEitherWay ?? false).toBe(false);
  });

  test('S154 a moderator of another server bans nobody from this group', async () => {
    expect(await bench.apply(eve, bench.other.activity('Block', eve, alice.account.uri, { target: group.uri }))).toBe('ignored: group_moderation');
    const groupId = (await bench.account(group.uri))?.id;
    expect(groupId === undefined ? null : await bench.server.backbone.store.follow(alice.account.id, groupId)).not.toBeNull();
  });
});
