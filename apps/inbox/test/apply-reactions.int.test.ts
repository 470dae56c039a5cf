import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Status } from '@trunkline/domain';
import { presentStatuses, viewStatuses } from '@trunkline/social';
import type { TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

jest.setTimeout(60_000);

let bench: InboxBench;
let alice: TestPerson;
/** There: Amy and Ned share a server, Eve has her own. */
let amy: PeerActor;
let ned: PeerActor;
let eve: PeerActor;

beforeAll(async () => {
  bench = await InboxBench.start();
  alice = await bench.server.person('alice');
  [amy, ned, eve] = [bench.peer.actor('amy'), bench.peer.actor('ned'), bench.other.actor('eve')];
});
afterAll(async () => bench?.stop());

const emoji = (name = ':blob:') => ({ id: null, type: 'Emoji', name, icon: { type: 'Image', url: `${bench.peer.url}/blob.png` } });
const react = (actor: PeerActor, status: Pick<Status, 'uri'>, content: string, more: Readonly<Record<string, unknown>> = {}) => bench.peer.activity('EmojiReact', actor, status.uri, { content, ...more });
/** As Misskey does it. */
const like = (actor: PeerActor, status: Pick<Status, 'uri'>, content?: string, more: Readonly<Record<string, unknown>> = {}) =>
  bench.peer.activity('Like', actor, status.uri, content === undefined ? more : { content, _misskey_reaction: content, ...more });

async function shown({ id }: Pick<Status, 'id'>): Promise<{ favourites_count: number; reactions?: unknown }> {
  const { backbone } = bench.server;
  const [json] = await presentStatuses(backbone, alice.account.id, await viewStatuses(backbone, alice.account.id, [id]));
  if (json === undefined) throw new Error('not shown');
  return json;
}

test('a plain Like stays one', async () => {
  const status = await bench.publish(alice);
  expect(await bench.apply(amy, like(amy, status))).toBe('applied');
  expect(await shown(status)).toMatchObject({ favourites_count: 1 });
  expect(await shown(status)).not.toHaveProperty('reactions');
});

test('Misskey’s Like and EmojiReact are shown with their counts, and favour once a person', async () => {
  const status = await bench.publish(alice);
  expect(await bench.apply(amy, like(amy, status, '❤'))).toBe('applied');
  expect(await bench.apply(ned, react(ned, status, '❤'))).toBe('applied');
  expect(await bench.apply(ned, react(ned, status, '🎉'))).toBe('applied');
  expect(await bench.apply(ned, react(ned, status, '🎉'))).toBe('applied');
  expect(await shown(status)).toMatchObject({ favourites_count: 2, reactions: [{ name: '❤', count: 2, me: false }, { name: '🎉', count: 1, me: false }] });
});

test('a custom one is of the server that sent it, whatever host it names; a page that is kept is told', async () => {
  const status = await bench.publish(alice);
  const { fragments } = bench.server.backbone;
  const reactionsOf = async (): Promise<unknown> => (await fragments.load(alice.account.id, [status.id])).views.get(status.id)?.status.answered?.reactions;
  expect(await reactionsOf()).toBeUndefined();
  expect(await bench.apply(amy, like(amy, status, ':blob@elsewhere.example:', { tag: [emoji(':blob@elsewhere.example:')] }))).toBe('applied');
  expect(await bench.apply(ned, react(ned, status, ':blob:', { tag: [emoji('blob')] }))).toBe('applied');
  const blob = { name: `blob@${bench.peer.host}`, count: 2, url: `${bench.peer.url}/blob.png` };
  expect(await shown(status)).toMatchObject({ reactions: [{ ...blob, static_url: blob.url }] });
  expect(await reactionsOf()).toMatchObject([blob]);
});

test.each([
  ['words, by Like: a favourite', 'Like', 'well said', 'applied', 1],
  ['words, by EmojiReact', 'EmojiReact', 'well said', 'ignored: bad_emoji', 0],
  ['two emojis', 'EmojiReact', '🎉🎉', 'ignored: bad_emoji', 0],
  ['a custom one without a picture, by Like', 'Like', ':blob:', 'applied', 1],
] as const)('%s', async (_name, type, content, outcome, favourites) => {
  const status = await bench.publish(alice);
  expect(await bench.apply(amy, type === 'Like' ? like(amy, status, content) : react(amy, status, content))).toBe(outcome);
  expect(await shown(status)).toMatchObject({ favourites_count: favourites });
  expect(await shown(status)).not.toHaveProperty('reactions');
});

describe('Undo', () => {
  test('of each, the favourite with the last', async () => {
    const status = await bench.publish(alice);
    const [heart, party] = [like(amy, status, '❤'), react(amy, status, '🎉')];
    for (const activity of [heart, party]) await bench.apply(amy, activity);
    expect(await bench.apply(amy, bench.peer.activity('Undo', amy, heart))).toBe('applied');
    expect(await shown(status)).toMatchObject({ favourites_count: 1, reactions: [{ name: '🎉', count: 1 }] });
    expect(await bench.apply(amy, bench.peer.activity('Undo', amy, party))).toBe('applied');
    expect(await shown(status)).toMatchObject({ favourites_count: 0 });
    expect(await shown(status)).not.toHaveProperty('reactions');
  });

  test('leaves a favourite that a Like made, before or after', async () => {
    const [first, second] = [await bench.publish(alice), await bench.publish(alice)];
    const [heart, party] = [react(amy, first, '❤'), react(amy, second, '🎉')];
    await bench.apply(amy, like(amy, first));
    for (const activity of [heart, party]) await bench.apply(amy, activity);
    await bench.apply(amy, like(amy, second));
    for (const activity of [heart, party]) await bench.apply(amy, bench.peer.activity('Undo', amy, activity));
    expect([(await shown(first)).favourites_count, (await shown(second)).favourites_count]).toEqual([1, 1]);
  });

  test('that came first keeps it from coming; nobody undoes another’s', async () => {
    const status = await bench.publish(alice);
    const [early, heart] = [react(amy, status, '🎉'), react(amy, status, '❤')];
    await bench.apply(amy, bench.peer.activity('Undo', amy, early));
    expect(await bench.apply(amy, early)).toBe('ignored: undone');
    await bench.apply(amy, heart);
    expect(await bench.apply(ned, bench.peer.activity('Undo', ned, heart))).toBe('ignored: foreign_actor');
    expect(await shown(status)).toMatchObject({ reactions: [{ name: '❤', count: 1 }] });
  });
});

describe('bounds', () => {
  test('16 of a person, 64 different ones, and what stands there still counts up', async () => {
    const status = await bench.publish(alice);
    const { store, ids } = bench.server.backbone;
    const reaction = (accountId: Status['accountId'], name: string) => ({ id: ids.next(), accountId, statusId: status.id, name, url: null, staticUrl: null, uri: null });
    const add = async (accountId: Status['accountId'], name: string) => (await store.transaction((tx) => tx.insertReactions([reaction(accountId, name)])))[0];
    for (let person = 0; person < 4; person += 1) {
      const accountId = ids.next();
      for (let n = 0; n < 16; n += 1) expect(await add(accountId, `${person * 16 + n}`)).toBe('stored');
      expect(await add(accountId, 'one more')).toBe('too_many');
    }
    const another = ids.next();
    expect([await add(another, 'new'), await add(another, '63'), await add(another, '63')]).toEqual(['too_many', 'stored', 'known']);
    // The same for many at once: of two new ones on another post with room for one, the first.
    const near = await bench.publish(alice);
    const onNear = (n: number) => ({ ...reaction(ids.next(), `near ${n}`), statusId: near.id });
    const many = await store.transaction((tx) => tx.insertReactions(Array.from({ length: 63 }, (_, n) => onNear(n))));
    expect(new Set(many)).toEqual(new Set(['stored']));
    expect(await store.transaction((tx) => tx.insertReactions([onNear(63), onNear(64), onNear(7), { ...reaction(ids.next(), 'x'), statusId: ids.next() }]))).toEqual(['stored', 'too_many', 'stored', 'unknown_status']);
  });

  test('only on what one may see', async () => {
    const secret = await bench.publish(alice, { visibility: 'private' });
    expect(await bench.apply(eve, bench.other.activity('EmojiReact', eve, secret.uri, { content: '❤' }))).toBe('ignored: not_visible');
  });
});
