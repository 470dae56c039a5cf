import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { syncFeatured } from '@trunkline/social';
import { until, type TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

let bench: InboxBench;
let alice: TestPerson;
let amy: PeerActor;
let ned: PeerActor;
let eve: PeerActor;
let count = 0;
const featured = (actor: PeerActor): string => `${actor.uri}/featured`;

beforeAll(async () => {
  bench = await InboxBench.start();
  alice = await bench.server.person('alice');
}, 60_000);
afterAll(async () => bench?.stop());

/** Amy and Ned share a server. */
beforeEach(async () => {
  count += 1;
  [amy, ned, eve] = [bench.peer.actor(`amy${count}`), bench.peer.actor(`ned${count}`), bench.other.actor(`eve${count}`)];
  for (const [peer, actor] of [[bench.peer, amy], [bench.peer, ned], [bench.other, eve]] as const) {
    peer.documents.set(new URL(actor.uri).pathname, { ...actor.document, featured: featured(actor) });
    await bench.follows(alice, actor);
  }
});

const shown = (...items: readonly unknown[]): void =>
  void bench.peer.documents.set(new URL(featured(amy)).pathname, { '@context': 'https://www.w3.org/ns/activitystreams', id: featured(amy), type: 'OrderedCollection', totalItems: items.length, orderedItems: items });

/** Uris of what stands on top of a profile. */
async function pinned(actor: PeerActor): Promise<string[]> {
  const { store } = bench.server.backbone;
  const id = (await bench.account(actor.uri))?.id;
  const ids = id === undefined ? [] : await store.pinnedIds(id, 50);
  const statuses = new Map((await store.statusesByIds(ids)).map((status) => [status.id, status.uri]));
  return ids.flatMap((each) => statuses.get(each) ?? []);
}
// Mastodon's have no id; a row is found here by one.
const pin = (type: 'Add' | 'Remove', actor: PeerActor, object: unknown, target = featured(actor)) =>
  (actor === eve ? bench.other : bench.peer).activity(type, actor, object, { target });

describe('Add and Remove', () => {
  test('an id, or a whole post (Misskey), is pinned; the last first; and taken off', async () => {
    const [first, second] = [bench.peer.note(amy), bench.peer.note(amy)];
    expect(await bench.apply(amy, pin('Add', amy, first.id))).toBe('applied');
    expect(await bench.apply(amy, pin('Add', amy, { ...second, content: '<p>not what is served</p>' }))).toBe('applied');
    expect(await bench.apply(amy, pin('Add', amy, first.id))).toBe('applied');
    expect(await pinned(amy)).toEqual([second.id, first.id]);
    expect((await bench.status(second.id))?.content).toBe('<p>hello</p>');
    expect(await bench.apply(amy, pin('Remove', amy, second.id))).toBe('applied');
    expect(await pinned(amy)).toEqual([first.id]);
    expect(await bench.apply(amy, bench.peer.activity('Delete', amy, first.id))).toBe('applied');
    expect(await pinned(amy)).toEqual([]);
  });

  test('a hashtag is let go, other collections too', async () => {
    const note = bench.peer.note(amy);
    expect(await bench.apply(amy, pin('Add', amy, { type: 'Hashtag', name: '#cats', href: `${bench.peer.url}/tags/cats` }))).toBe('ignored: featured_hashtag');
    expect(await bench.apply(amy, pin('Add', amy, note.id, `${amy.uri}/moderators`))).toBe('ignored: other_collection');
    expect(await pinned(amy)).toEqual([]);
  });

  test("nobody pins another's post, to another's profile, or what is not for everybody", async () => {
    const [mine, theirs] = [bench.peer.note(amy), bench.other.note(eve)];
    const hidden = bench.peer.note(amy, { to: [`${amy.uri}/followers`], cc: [] });
    expect(await bench.apply(amy, pin('Add', amy, mine.id))).toBe('applied');
    expect(await bench.apply(ned, pin('Add', ned, mine.id))).toBe('ignored: foreign_author');
    expect(await bench.apply(ned, pin('Add', ned, mine.id, featured(amy)))).toBe('ignored: other_collection');
    expect(await bench.apply(ned, pin('Remove', ned, mine.id, featured(amy)))).toBe('ignored: other_collection');
    expect(await bench.apply(ned, pin('Remove', ned, mine.id))).toBe('ignored: foreign_author');
    expect(await bench.apply(eve, pin('Remove', eve, mine.id, featured(amy)))).toBe('ignored: foreign_object');
    expect(await bench.apply(amy, pin('Add', amy, theirs.id))).toBe('ignored: foreign_object');
    expect(await bench.apply(amy, pin('Add', amy, hidden.id))).toBe('ignored: not_pinnable');
    expect([await pinned(amy), await pinned(ned), await pinned(eve)]).toEqual([[mine.id], [], []]);
  });
});

describe('the collection itself', () => {
  test('S096 a long one costs ten fetches, and one of foreign posts none', async () => {
    const account = await bench.account(amy.uri);
    if (account === undefined) throw new Error('nobody');
    shown(...Array.from({ length: 1_000 }, (_, n) => `${bench.peer.url}/nowhere/${count}/${n}`));
    const asked = () => bench.peer.asked.filter((path) => path.startsWith(`/nowhere/${count}/`)).length;
    await syncFeatured(bench.server.backbone, account);
    expect([asked(), await pinned(amy)]).toEqual([10, []]);
    const before = bench.other.asked.length;
    shown(...Array.from({ length: 100 }, (_, n) => `${bench.other.url}/notes/far${n}`));
    await syncFeatured(bench.server.backbone, account);
    expect(bench.other.asked.length).toBe(before);
  });

  test('is read again when the profile changes: whole posts or ids, those of others and private ones left out', async () => {
    const [first, second] = [bench.peer.note(amy), bench.peer.note(amy)];
    const [neds, eves, hidden] = [bench.peer.note(ned), bench.other.note(eve), bench.peer.note(amy, { to: [`${amy.uri}/followers`], cc: [] })];
    shown(second, first.id, neds.id, eves.id, hidden.id, { ...neds, attributedTo: amy.uri });
    expect(await bench.apply(amy, bench.peer.activity('Update', amy, { ...amy.document, featured: featured(amy), name: 'Amy' }))).toBe('applied');
    await until('pins to be read', async () => ((await pinned(amy)).length === 2 ? true : null));
    expect(await pinned(amy)).toEqual([second.id, first.id]);
    expect([await pinned(ned), await pinned(eve)]).toEqual([[], []]);
    expect((await bench.status(neds.id))?.accountId).not.toBe((await bench.account(amy.uri))?.id);
  });

  test('what cannot be read changes nothing; an empty one takes all off', async () => {
    const [amys, neds] = [bench.peer.note(amy), bench.peer.note(ned)];
    expect(await bench.apply(amy, pin('Add', amy, amys.id))).toBe('applied');
    expect(await bench.apply(ned, pin('Add', ned, neds.id))).toBe('applied');
    shown();
    bench.peer.documents.set(new URL(featured(ned)).pathname, 500);
    for (const actor of [amy, ned]) {
      const account = await bench.account(actor.uri);
      if (account === undefined) throw new Error('nobody');
      await syncFeatured(bench.server.backbone, account);
    }
    expect([await pinned(amy), await pinned(ned)]).toEqual([[], [neds.id]]);
  });
});
