import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Status } from '@trunkline/domain';
import type { TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
let bench: InboxBench;
let alice: TestPerson;
/** A community, its moderator and Amy on one server, Eve on another. Alice follows the community and Amy. */
let group: PeerActor;
let amy: PeerActor;
let moderator: PeerActor;
let eve: PeerActor;
let count = 0;

beforeAll(async () => {
  bench = await InboxBench.start();
  alice = await bench.server.person('alice');
}, 60_000);
afterAll(async () => bench?.stop());

beforeEach(async () => {
  count += 1;
  [group, amy, moderator] = ['main', 'amy', 'mod'].map((name) => bench.peer.actor(`${name}${count}`)) as [PeerActor, PeerActor, PeerActor];
  eve = bench.other.actor(`eve${count}`);
  bench.peer.documents.set(new URL(group.uri).pathname, { ...group.document, type: 'Group' });
  await bench.follows(alice, group);
  await bench.follows(alice, amy);
});

const server = (actor: PeerActor) => (actor.uri.startsWith(bench.peer.url) ? bench.peer : bench.other);
/** A post to the community, as Lemmy writes one. */
const page = (author: PeerActor, more: object = {}) => server(author).note(author, { type: 'Page', name: 'A title', to: [group.uri, PUBLIC], audience: group.uri, ...more });
const of = (type: string, actor: PeerActor, object: unknown, more: object = {}) => server(actor).activity(type, actor, object, { audience: group.uri, to: [PUBLIC], cc: [group.uri], ...more });
const passOn = (inner: unknown): Promise<string> => bench.apply(group, bench.peer.activity('Announce', group, inner, { to: [`${group.uri}/followers`], cc: [PUBLIC] }));
const undone = (actor: PeerActor, deletion: unknown) => of('Undo', actor, deletion);
const living = async (uri: string): Promise<Status | null> => {
  const status = await bench.status(uri);
  return status === undefined || status.deletedAt !== null ? null : status;
};
const hide = (uri: string): boolean => bench.peer.documents.delete(new URL(uri).pathname);
const show = (post: { id: string }): unknown => bench.peer.documents.set(new URL(post.id).pathname, post);
const shownByGroup = async (): Promise<string[]> => {
  const rows = await bench.server.backbone.db.query<{ uri: string }>(
    `SELECT t.uri FROM social.statuses s JOIN social.accounts a ON a.id = s.account_id JOIN social.statuses t ON t.id = s.boost_of_id
      WHERE a.uri = $1 AND s.deleted_at IS NULL ORDER BY s.id LIMIT 100`,
    [group.uri],
  );
  return rows.map((row) => row.uri);
};

describe('what its author restores', () => {
  test('lives again as its server shows it: its id, its thread, its answers and favourites, its counters', async () => {
    const root = bench.peer.note(amy);
    const post = bench.peer.note(amy, { inReplyTo: root.id, content: '<p>first</p>', tag: [{ type: 'Hashtag', name: '#tea' }], cc: [alice.account.uri] });
    for (const note of [root, post]) await bench.apply(amy, bench.peer.activity('Create', amy, note));
    const answer = bench.other.note(eve, { inReplyTo: post.id, cc: [alice.account.uri] });
    expect(await bench.apply(eve, bench.other.activity('Create', eve, answer))).toBe('applied');
    expect(await bench.apply(eve, bench.other.activity('Like', eve, post.id))).toBe('applied');
    const before = await living(post.id);
    const counted = async () => [(await bench.account(amy.uri))?.statusesCount, (await living(root.id))?.repliesCount];
    const counts = await counted();

    const deletion = of('Delete', amy, post.id);
    expect(await bench.apply(amy, deletion)).toBe('applied');
    expect(await living(post.id)).toBeNull();
    expect(await counted()).not.toEqual(counts);
    show({ ...post, content: '<p>again</p>' } as typeof post);
    expect(await bench.apply(amy, undone(amy, deletion))).toBe('applied');

    const after = await living(post.id);
    expect(after).toMatchObject({ id: before?.id, content: '<p>again</p>', tags: ['tea'], inReplyToId: before?.inReplyToId, repliesCount: 1, favouritesCount: 1, conversationId: before?.conversationId });
    expect(await counted()).toEqual(counts);
    // Said again it changes nothing, and what is deleted anew is gone anew.
    expect(await bench.apply(amy, undone(amy, deletion))).toBe('ignored: nothing_to_undo');
    expect(await bench.apply(amy, of('Delete', amy, post.id))).toBe('applied');
    expect(await living(post.id)).toBeNull();
  });

  test('stays dead for a Create, a replayed Undo, somebody else, and while its server does not show it', async () => {
    await bench.follows(alice, moderator);
    const post = bench.peer.note(amy);
    const creation = bench.peer.activity('Create', amy, post);
    await bench.apply(amy, creation);
    const deletion = of('Delete', amy, post.id);
    await bench.apply(amy, deletion);
    await bench.apply(amy, { ...creation, id: `${creation.id}-again` });
    expect(await living(post.id)).toBeNull();

    expect(await bench.apply(moderator, undone(moderator, { ...deletion, actor: moderator.uri, id: `${moderator.uri}/deletes/1` }))).toBe('ignored: nothing_to_undo');
    // Of what lies on another host nothing is left but an id of her own.
    await bench.apply(eve, undone(eve, { ...deletion, actor: eve.uri, id: `${eve.uri}/deletes/1` }));
    expect(await living(post.id)).toBeNull();
    hide(post.id);
    expect(await bench.apply(amy, undone(amy, deletion))).toBe('ignored: object_not_found');
    bench.peer.documents.set(new URL(post.id).pathname, { id: post.id, type: 'Tombstone', '@context': 'https://www.w3.org/ns/activitystreams' });
    expect(await bench.apply(amy, undone(amy, deletion))).toMatch(/^ignored: object_/);
    show({ ...post, attributedTo: moderator.uri } as typeof post);
    expect(await bench.apply(amy, undone(amy, deletion))).toBe('ignored: foreign_author');
    expect(await living(post.id)).toBeNull();
    show(post);
    expect(await bench.apply(amy, undone(amy, deletion))).toBe('applied');
    expect(await living(post.id)).not.toBeNull();
  });

  test('what was deleted before it came may come then', async () => {
    const post = bench.peer.note(amy);
    const deletion = of('Delete', amy, post.id);
    expect(await bench.apply(amy, deletion)).toBe('applied');
    expect(await bench.apply(amy, undone(amy, deletion))).toBe('applied');
    expect(await living(post.id)).not.toBeNull();
  });

  test('what was gone here before they deleted it stays gone', async () => {
    const post = bench.peer.note(amy);
    await bench.apply(amy, bench.peer.activity('Create', amy, post));
    const status = await living(post.id);
    if (status === null) throw new Error('not here');
    await bench.server.backbone.store.transaction((tx) => tx.deleteStatus(status.id));
    const deletion = of('Delete', amy, post.id);
    await bench.apply(amy, deletion);
    expect(await bench.apply(amy, undone(amy, deletion))).toBe('ignored: nothing_to_undo');
    expect(await living(post.id)).toBeNull();
  });
});

describe('what a group restores', () => {
  test('lives again and is shown by the group as of its own time, whoever of it deleted it', async () => {
    const post = page(amy);
    await passOn(of('Create', amy, post));
    for (const deleter of [moderator, amy]) {
      const deletion = of('Delete', deleter, post.id, deleter === moderator ? { summary: 'spam' } : {});
      expect(await passOn(deletion)).toBe('applied');
      expect([await living(post.id), await shownByGroup()]).toEqual([null, []]);
      expect(await passOn(undone(deleter, deletion))).toBe('applied');
      expect((await living(post.id))?.content).toContain('A title');
      expect(await shownByGroup()).toEqual([post.id]);
      expect(await passOn(undone(deleter, deletion))).toBe('ignored: nothing_to_undo');
    }
  });

  test('not what its author deleted themselves, nor what another group says', async () => {
    const post = page(amy);
    await passOn(of('Create', amy, post));
    await bench.apply(amy, of('Delete', amy, post.id));
    const deletion = of('Delete', moderator, post.id, { summary: 'spam' });
    await passOn(deletion);
    expect(await passOn(undone(moderator, deletion))).toBe('ignored: nothing_to_undo');
    const rival = bench.other.actor(`rival${count}`);
    bench.other.documents.set(new URL(rival.uri).pathname, { ...rival.document, type: 'Group' });
    await bench.follows(alice, rival);
    const inner = bench.other.activity('Undo', eve, bench.other.activity('Delete', eve, post.id));
    expect(await bench.apply(rival, bench.other.activity('Announce', rival, inner))).toMatch(/^ignored: /);
    expect(await living(post.id)).toBeNull();
  });

  test('ours was never gone: the group shows it again', async () => {
    const mine = await bench.publish(alice);
    await passOn(bench.peer.activity('Create', amy, page(amy)));
    expect(await bench.apply(group, bench.peer.activity('Announce', group, mine.uri, { to: [PUBLIC], cc: [] }))).toBe('applied');
    expect(await shownByGroup()).toContain(mine.uri);
    const deletion = of('Delete', moderator, mine.uri, { summary: 'off topic' });
    await passOn(deletion);
    expect(await shownByGroup()).not.toContain(mine.uri);
    expect(await passOn(undone(moderator, deletion))).toBe('applied');
    expect(await shownByGroup()).toContain(mine.uri);
  });
});
