import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Add, Block, Emoji, EmojiReact, Flag, Image, Like, Person, PUBLIC_COLLECTION, Remove, Undo } from '@fedify/vocab';
import { until, type TestPerson } from '../src/index.js';
import { FedifyStage } from './fedify-stage.js';

jest.setTimeout(90_000);

interface StatusJson {
  readonly id: string;
  readonly uri: string;
  readonly content: string;
  readonly favourites_count: number;
  readonly emojis: readonly { readonly shortcode: string; readonly url: string }[];
  readonly reactions?: readonly { readonly name: string; readonly count: number; readonly url?: string }[];
}

let stage: FedifyStage;
let admin: TestPerson;
beforeAll(async () => {
  stage = await FedifyStage.start();
  admin = await stage.server.person('admin', { role: 'Admin' });
});
afterAll(() => stage.stop());

const blob = (): Emoji => new Emoji({ id: new URL('/emojis/blob', stage.peer.origin), name: ':blob:', icon: new Image({ url: new URL('/emojis/blob.png', stage.peer.origin), mediaType: 'image/png' }) });
const post = (status: string): Promise<StatusJson> => stage.alice.api.post<StatusJson>('/api/v1/statuses', { status });
const shown = ({ id }: { readonly id: string }): Promise<StatusJson> => stage.alice.api.get<StatusJson>(`/api/v1/statuses/${id}`);

test('its reactions are shown, custom ones with their picture, and go when they are taken back', async () => {
  const { peer } = stage;
  const ours = await post('react');
  const object = new URL(ours.uri);
  const reactions = [
    new EmojiReact({ id: stage.id('reacts'), actor: peer.uri, object, content: '🎉', to: stage.aliceUri }),
    new EmojiReact({ id: stage.id('reacts'), actor: peer.uri, object, content: ':blob:', tags: [blob()], to: stage.aliceUri }),
    new Like({ id: stage.id('likes'), actor: peer.uri, object, content: '❤️', to: stage.aliceUri }),
  ];
  for (const reaction of reactions) await stage.send(reaction);
  const { reactions: seen, favourites_count: favourites } = await shown(ours);
  expect(favourites).toBe(1);
  expect(seen).toHaveLength(3);
  expect(seen).toEqual(expect.arrayContaining([
    expect.objectContaining({ name: '🎉', count: 1 }),
    expect.objectContaining({ name: `blob@${peer.host}`, count: 1, url: `${peer.origin}/emojis/blob.png` }),
  ]));
  for (const reaction of reactions) await stage.send(new Undo({ id: stage.id('undos'), actor: peer.uri, object: reaction, to: stage.aliceUri }));
  expect(await shown(ours)).toMatchObject({ favourites_count: 0 });
  expect(await shown(ours)).not.toHaveProperty('reactions');
});

test('emoji of its names and posts have their pictures here', async () => {
  const { peer } = stage;
  await peer.introduce('emil', { name: 'Emil :blob:', tags: [blob()] });
  const note = peer.note('emoji', 'look :blob:', { tags: [blob()] });
  const picture = { shortcode: 'blob', url: `${peer.origin}/emojis/blob.png` };
  expect((await stage.status<StatusJson>(note.id ?? ''))?.emojis).toMatchObject([picture]);
  expect(await stage.account(`@emil@${peer.host}`)).toMatchObject({ display_name: 'Emil :blob:', emojis: [picture] });
});

test('pins of both stand on top of the profile elsewhere, and go again', async () => {
  const { peer, alice } = stage;
  const fredId = await stage.aliceFollows(peer.uri);
  const note = peer.note('pinned', 'on top');
  await stage.publish(note);
  const pinned = async (): Promise<string[]> => (await alice.api.get<StatusJson[]>(`/api/v1/accounts/${fredId}/statuses?pinned=true`)).map(({ uri }) => uri);
  const featured = new URL('/users/fred/featured', peer.origin);
  const values = { actor: peer.uri, object: note.id ?? null, target: featured, to: PUBLIC_COLLECTION };
  await stage.send(new Add({ id: stage.id('adds'), ...values }));
  expect(await pinned()).toEqual([note.id?.href]);
  await stage.send(new Remove({ id: stage.id('removes'), ...values }));
  expect(await pinned()).toEqual([]);

  await stage.fredFollows();
  const ours = await post('our pin');
  await alice.api.post(`/api/v1/statuses/${ours.id}/pin`);
  const add = await until('our Add', () => peer.of(Add)[0]);
  const me = await peer.read(stage.aliceUri);
  if (!(me instanceof Person) || me.featuredId === null) throw new Error('Fedify finds no pins');
  expect([add.objectId?.href ?? (await add.getObject())?.id?.href, add.targetId?.href]).toEqual([ours.uri, me.featuredId.href]);
  expect((await peer.readAll(me.featuredId)).map((object) => object.id?.href)).toEqual([ours.uri]);
  await alice.api.post(`/api/v1/statuses/${ours.id}/unpin`);
  await until('our Remove', () => peer.of(Remove)[0]);
  expect(await peer.readAll(me.featuredId)).toEqual([]);
});

test('reports go both ways', async () => {
  const { peer, alice } = stage;
  const ours = await post('rude');
  await stage.send(new Flag({ id: stage.id('flags'), actor: peer.uri, objects: [stage.aliceUri, new URL(ours.uri)], content: 'not nice', to: stage.aliceUri }));
  const seen = await admin.api.get<{ comment: string; account: { domain: string }; statuses: StatusJson[] }[]>('/api/v1/admin/reports');
  expect(seen).toMatchObject([{ comment: 'not nice', account: { domain: peer.host }, statuses: [{ uri: ours.uri }] }]);

  const note = peer.note('rude', 'ruder');
  await stage.publish(note);
  const [theirs, fred] = [await stage.status<StatusJson>(note.id ?? ''), await stage.account(peer.uri)];
  await alice.api.post('/api/v1/reports', { account_id: fred.id, status_ids: [theirs?.id], comment: 'look', forward: true });
  const flag = await until('our Flag', () => peer.of(Flag)[0]);
  const about = [];
  for await (const object of flag.getObjects()) about.push(object.id?.href);
  expect(flag.objectIds.map(({ href }) => href)).toEqual([peer.uri.href, note.id?.href]);
  expect(about).toEqual([peer.uri.href, note.id?.href]);
  expect(String(flag.content)).toBe('look');
  expect(flag.actorId?.href).toBe(`http://${stage.server.domain}/actor`);
});

describe('blocks', () => {
  test('fred blocks alice: her follow ends and she sees nothing of his; then he lets her be', async () => {
    const { peer } = stage;
    const fredId = await stage.aliceFollows(peer.uri);
    const block = new Block({ id: stage.id('blocks'), actor: peer.uri, object: stage.aliceUri, to: stage.aliceUri });
    await stage.send(block);
    expect(await stage.relationship(fredId)).toMatchObject({ following: false, followed_by: false, blocked_by: true });
    await stage.send(new Undo({ id: stage.id('undos'), actor: peer.uri, object: block, to: stage.aliceUri }));
    expect(await stage.relationship(fredId)).toMatchObject({ blocked_by: false });
  });

  test('alice blocks fred: his server is told, and what he sends her has no effect', async () => {
    const { peer, alice } = stage;
    const { id: fredId } = await stage.account(peer.uri);
    await alice.api.post(`/api/v1/accounts/${fredId}/block`);
    const block = await until('our Block', () => peer.of(Block)[0]);
    expect([block.actorId?.href, block.objectId?.href]).toEqual([alice.account.uri, peer.uri.href]);
    const ours = await post('not for fred');
    await stage.send(new Like({ id: stage.id('likes'), actor: peer.uri, object: new URL(ours.uri), to: stage.aliceUri }));
    expect(await shown(ours)).toMatchObject({ favourites_count: 0 });
    await alice.api.post(`/api/v1/accounts/${fredId}/unblock`);
    await until('its end', async () => {
      for (const undo of peer.of(Undo)) if ((await undo.getObject()) instanceof Block) return true;
      return false;
    });
  });
});
