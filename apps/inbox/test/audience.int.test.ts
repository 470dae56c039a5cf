import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Visibility } from '@trunkline/domain';
import { viewStatus } from '@trunkline/social';
import type { TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
type Json = Record<string, unknown> & { id: string };

let bench: InboxBench;
/** Here. Alice follows Amy, Bob nobody. */
let alice: TestPerson;
let bob: TestPerson;
/** There: Amy and Ned share a server; Eve has her own. */
let amy: PeerActor;
let ned: PeerActor;
let eve: PeerActor;
beforeAll(async () => {
  bench = await InboxBench.start();
  [alice, bob] = [await bench.server.person('alice'), await bench.server.person('bob')];
  [amy, ned, eve] = [bench.peer.actor('amy'), bench.peer.actor('ned'), bench.other.actor('eve')];
  for (const actor of [amy, ned, eve]) await bench.follows(alice, actor);
}, 60_000);
afterAll(async () => bench?.stop());

/** How a post may be addressed. */
const addressed = (): Record<Visibility, Record<string, unknown>> => ({
  public: { to: [PUBLIC], cc: [`${amy.uri}/followers`, bob.account.uri] },
  unlisted: { to: [`${amy.uri}/followers`], cc: [PUBLIC, bob.account.uri] },
  private: { to: [`${amy.uri}/followers`], cc: [bob.account.uri] },
  direct: { to: [bob.account.uri], cc: [] },
});
const tagOf = (...people: TestPerson[]) => people.map(({ account, handle }) => ({ type: 'Mention', href: account.uri, name: `@${handle}` }));
let seconds = 0;
/** The post again, with other words, later than all before. */
const rewritten = (note: Json, more: Readonly<Record<string, unknown>> = {}): Json => {
  seconds += 1;
  return { ...note, content: '<p>new words</p>', updated: new Date(Date.now() + 1_000 * seconds).toISOString(), ...more };
};
const update = (note: unknown, more: Readonly<Record<string, unknown>> = {}) => bench.apply(amy, bench.peer.activity('Update', amy, note, more));
/** A post that stands here. */
async function published(more: Readonly<Record<string, unknown>> = {}): Promise<Json> {
  const note = bench.peer.note(amy, { ...addressed().public, tag: tagOf(bob), ...more });
  expect(await bench.apply(amy, bench.peer.activity('Create', amy, note))).toBe('applied');
  return note;
}
const standing = async ({ id }: Json) => {
  const status = await bench.status(id);
  if (status === undefined) throw new Error(`${id} does not stand`);
  return status;
};
/** Who of those who could sees it now. */
async function seers(note: Json): Promise<string[]> {
  const { id } = await standing(note);
  const seen = await Promise.all([['alice', alice.account.id], ['bob', bob.account.id], ['nobody', null]].map(async ([name, viewer]) => ((await viewStatus(bench.server.backbone, viewer as typeof id | null, id)) === null ? [] : [name as string])));
  return seen.flat();
}
const narrowings = async (note: Json): Promise<unknown[]> => {
  const { id } = await standing(note);
  const rows = await bench.server.backbone.db.query<{ from: string | null; dropped: string[] | null }>(
    `SELECT payload->>'narrowedFrom' AS from, payload->'droppedIds' AS dropped FROM events.outbox WHERE subject = 'status.edited.v1' AND payload->>'statusId' = $1 ORDER BY id LIMIT 10`, [id]);
  return rows.map(({ from, dropped }) => (dropped === null ? from : [from, dropped]));
};

describe('an Update for fewer people', () => {
  test.each<[Visibility, Visibility, string[]]>([
    ['public', 'unlisted', ['alice', 'bob', 'nobody']],
    ['public', 'private', ['alice', 'bob']],
    ['public', 'direct', ['bob']],
    ['unlisted', 'private', ['alice', 'bob']],
    ['private', 'direct', ['bob']],
  ])('%s → %s shows its new words to those alone', async (before, after, left) => {
    const note = await published(addressed()[before]);
    expect(await update(rewritten(note, addressed()[after]))).toBe('applied');
    expect(await standing(note)).toMatchObject({ visibility: after, content: '<p>new words</p>' });
    expect(await seers(note)).toEqual(left);
    expect(await narrowings(note)).toEqual([before]);
  });

  test('who is named no more does not see it for that, where not everybody may', async () => {
    const note = await published({ ...addressed().direct, to: [bob.account.uri, alice.account.uri], tag: tagOf(bob, alice) });
    expect(await seers(note)).toEqual(['alice', 'bob']);
    expect(await update(rewritten(note, { to: [alice.account.uri], tag: tagOf(alice) }))).toBe('applied');
    expect(await seers(note)).toEqual(['alice']);
    expect(await narrowings(note)).toEqual([[null, [bob.account.id]]]);
    // Of what everybody may read nobody is taken off.
    const open = await published();
    expect(await update(rewritten(open, { cc: [], tag: [] }))).toBe('applied');
    expect((await standing(open)).mentions.map(({ accountId, silent }) => [accountId, silent])).toEqual([[bob.account.id, true]]);
  });

  test('is never wider again, and an older one narrows nothing', async () => {
    const note = await published({ published: new Date(Date.now() - 60_000).toISOString() });
    expect(await update(rewritten(note, addressed().private))).toBe('applied');
    expect(await update(rewritten(note, { ...addressed().public, content: '<p>for all?</p>' }))).toBe('applied');
    expect(await standing(note)).toMatchObject({ visibility: 'private', content: '<p>for all?</p>' });
    await update(rewritten(note, { ...addressed().direct, updated: new Date(Date.now() - 30_000).toISOString() }));
    expect((await standing(note)).visibility).toBe('private');
  });

  test('counts without a date and without other words, too', async () => {
    const note = await published();
    expect(await update({ ...note, ...addressed().private })).toBe('applied');
    expect(await standing(note)).toMatchObject({ visibility: 'private', content: '<p>hello</p>' });
  });

  test('what is not for everybody any more counts no longer where that would give it away', async () => {
    const parent = await published();
    const answer = await published({ inReplyTo: parent.id });
    expect((await standing(parent)).repliesCount).toBe(1);
    const before = (await bench.account(amy.uri))?.statusesCount ?? 0;
    await update(rewritten(answer, addressed().private));
    expect([(await standing(parent)).repliesCount, (await bench.account(amy.uri))?.statusesCount]).toEqual([0, before]);
    await update(rewritten(answer, addressed().direct));
    expect((await bench.account(amy.uri))?.statusesCount).toBe(before - 1);
  });
});

describe('an Update that does not say plainly for whom it is', () => {
  test.each<[string, () => Record<string, unknown>]>([
    ['nothing at all', () => ({ to: undefined, cc: undefined })],
    ['empty lists', () => ({ to: [], cc: [] })],
    ['its author alone', () => ({ to: [amy.uri], cc: [] })],
    ['what cannot be read', () => ({ to: ['https://www.w3.org/ns/activitystreams', bob.account.uri], cc: [] })],
    ['an id that was cut short', () => ({ to: [bob.account.uri, 'www.w3.org/ns/activ'], cc: [] })],
    ['more than is read', () => ({ to: Array.from({ length: 1_100 }, (_, n) => `${bench.peer.url}/users/u${n}`), cc: [] })],
  ])('%s: all who saw the post see its new words', async (_name, audience) => {
    const note = await published();
    expect(await update(rewritten(note, audience()))).toBe('applied');
    expect(await standing(note)).toMatchObject({ visibility: 'public', content: '<p>new words</p>' });
    expect(await seers(note)).toEqual(['alice', 'bob', 'nobody']);
  });

  test('short forms of the public are the public', async () => {
    for (const name of ['as:Public', 'Public']) {
      const note = await published();
      await update(rewritten(note, { to: name, cc: [] }));
      expect((await standing(note)).visibility).toBe('public');
    }
  });

  test('a list of the author’s that is not known may be their followers under another name', async () => {
    const note = await published();
    await update(rewritten(note, { to: [`${amy.uri}/friends`], cc: [], tag: [] }));
    expect([(await standing(note)).visibility, await seers(note)]).toEqual(['private', ['alice']]);
  });

  test('how a poll stands changes nothing of that', async () => {
    const option = (name: string, totalItems: number) => ({ type: 'Note', name, replies: { type: 'Collection', totalItems } });
    const note = await published({ type: 'Question', oneOf: [option('tea', 0), option('rum', 0)] });
    expect(await update({ ...note, oneOf: [option('tea', 4), option('rum', 1)], to: [bob.account.uri], cc: [] })).toBe('applied');
    expect((await standing(note)).visibility).toBe('public');
    expect((await standing(note)).poll?.options.map(({ votes }) => votes)).toEqual([4, 1]);
  });

  test('when the activity is for more people than the post in it, the post’s own address says for whom it is', async () => {
    const [open, closed, gone] = [await published(), await published(), await published()];
    const told = (note: Json) => rewritten(note, addressed().private);
    const serve = (note: Json, document: unknown) => bench.peer.documents.set(new URL(note.id).pathname, document);
    serve(open, rewritten(open));
    serve(closed, told(closed));
    serve(gone, 404);
    const ends = [];
    for (const note of [open, closed, gone]) ends.push(await update(told(note), { to: [PUBLIC], cc: [] }));
    expect(ends).toEqual(['applied', 'applied', 'applied']);
    expect(await Promise.all([open, closed, gone].map(async (note) => (await standing(note)).visibility))).toEqual(['public', 'private', 'private']);
  });
});

describe('an Update by another account of the same host', () => {
  test('Mobilizon: of a group’s event: the origin is asked, and its word is taken', async () => {
    const group = bench.peer.actor('makers');
    const document = { ...group.document, type: 'Group' };
    bench.peer.documents.set('/users/makers', document);
    await bench.follows(alice, group);
    const event = bench.peer.note(group, { type: 'Event', name: 'Meeting', startTime: '2030-05-01T18:00:00Z', actor: amy.uri });
    expect(await bench.apply(amy, bench.peer.activity('Create', amy, event))).toBe('applied');
    const moved = rewritten(event, { name: 'Moved', startTime: '2030-05-02T18:00:00Z' });
    bench.peer.documents.set(new URL(event.id).pathname, moved);
    // What the member says beside it counts for nothing.
    expect(await update({ ...moved, name: 'forged' })).toBe('applied');
    const { content } = await standing(event);
    expect([content.includes('Moved'), content.includes('2030-05-02'), content.includes('forged')]).toEqual([true, true, false]);

    bench.peer.documents.set('/users/makers', { ...document, name: 'The makers' });
    expect(await update({ ...document, name: 'forged' })).toBe('applied');
    expect((await bench.account(group.uri))?.displayName).toBe('The makers');
  });

  test('never changes what lies elsewhere, nor brings what is not here, and costs one request', async () => {
    const theirs = bench.other.note(eve);
    await bench.apply(eve, bench.other.activity('Create', eve, theirs));
    expect(await update(rewritten(theirs))).toBe('ignored: foreign_object');
    expect(await update({ ...eve.document, name: 'forged' })).toBe('ignored: foreign_object');
    const strange = bench.peer.note(ned);
    const asked = bench.peer.asked.length;
    expect(await update(strange)).toBe('ignored: foreign_author');
    expect(bench.peer.asked.length).toBe(asked);
    const known = bench.peer.note(ned);
    await bench.apply(ned, bench.peer.activity('Create', ned, known));
    const before = bench.peer.asked.length;
    await update(rewritten(known));
    expect(bench.peer.asked.slice(before)).toEqual([new URL(known.id).pathname]);
    expect((await standing(known)).content).toBe('<p>hello</p>');
    // A document there that names another author does not make it theirs.
    bench.peer.documents.set(new URL(known.id).pathname, rewritten(known, { attributedTo: amy.uri }));
    expect(await update(rewritten(known))).toBe('ignored: foreign_author');
    bench.peer.documents.set(new URL(known.id).pathname, 404);
    expect(await update(rewritten(known))).toBe('ignored: object_not_found');
    expect(await standing(known)).toMatchObject({ content: '<p>hello</p>', deletedAt: null });
  });
});
