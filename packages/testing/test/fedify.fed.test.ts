import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Accept, Announce, Create, Delete, Follow, Like, Mention, Note, PUBLIC_COLLECTION, Undo, Update } from '@fedify/vocab';
import { startTestServer, until, type TestPerson, type TestServer } from '../src/index.js';
import { FedifyPeer, nowInstant } from './fedify-peer.js';

interface StatusJson {
  id: string;
  uri: string;
  content: string;
  account: { acct: string };
  favourites_count: number;
  reblogs_count: number;
  replies_count: number;
}

jest.setTimeout(90_000);

let peer: FedifyPeer;
let server: TestServer;
let alice: TestPerson;

beforeAll(async () => {
  peer = await FedifyPeer.start();
  server = await startTestServer({ peers: [peer.host] });
  alice = await server.person('alice');
});
afterAll(async () => {
  await server?.stop();
  await peer?.stop();
});

const inbox = (): string => `http://${server.domain}/inbox`;
const send = (activity: Parameters<FedifyPeer['send']>[0]): Promise<void> => peer.send(activity, inbox(), alice.account.uri);
const id = (path: string): URL => new URL(path, peer.origin);
const home = (): Promise<StatusJson[]> => alice.api.get<StatusJson[]>('/api/v1/timelines/home');
const post = (text: string): Promise<StatusJson> => alice.api.post<StatusJson>('/api/v1/statuses', { status: text });
const read = (status: StatusJson): Promise<StatusJson> => alice.api.get<StatusJson>(`/api/v1/statuses/${status.id}`);

describe('Fedify asks us', () => {
  const follow = (): Follow => new Follow({ id: id('/follows/1'), actor: peer.uri, object: new URL(alice.account.uri) });
  let posted: StatusJson;

  test('its Follow is answered with an Accept that names it', async () => {
    await send(follow());
    const accept = await until('the Accept', () => peer.of(Accept)[0]);
    expect(accept.actorId?.href).toBe(alice.account.uri);
    // Its parser does not believe an embedded object of another origin than its wrapper; the id is enough here.
    expect(accept.objectId?.href).toBe(id('/follows/1').href);
    const followers = await alice.api.get<{ acct: string }[]>(`/api/v1/accounts/${alice.account.id}/followers`);
    expect(followers.map((account) => account.acct)).toEqual([peer.handle]);
  });

  test('our post is a Create that its parser reads', async () => {
    posted = await post('Hello Fedify');
    const create = await until('the Create', () => peer.of(Create)[0]);
    const note = await create.getObject();
    expect(note).toBeInstanceOf(Note);
    expect(note?.id?.href).toBe(posted.uri);
    expect(String(note?.content)).toContain('Hello Fedify');
    expect(create.toIds.map((to) => to.href)).toEqual([PUBLIC_COLLECTION.href]);
  });

  test('its Like, Announce and reply count, and their undo takes them back', async () => {
    const object = new URL(posted.uri);
    const like = new Like({ id: id('/likes/1'), actor: peer.uri, object });
    const announce = new Announce({ id: id('/boosts/1'), actor: peer.uri, object, to: PUBLIC_COLLECTION, published: nowInstant() });
    const reply = peer.note('reply', 'Hello back', {
      replyTarget: object,
      tags: [new Mention({ href: new URL(alice.account.uri), name: `@${alice.handle}` })],
      cc: new URL(alice.account.uri),
    });
    await send(like);
    await send(announce);
    await send(new Create({ id: id('/creates/reply'), actor: peer.uri, object: reply, to: PUBLIC_COLLECTION, cc: new URL(alice.account.uri) }));
    await server.settled();
    expect(await read(posted)).toMatchObject({ favourites_count: 1, reblogs_count: 1, replies_count: 1 });
    const told = await alice.api.get<{ type: string }[]>('/api/v1/notifications');
    expect(told.map(({ type }) => type)).toEqual(expect.arrayContaining(['follow', 'favourite', 'reblog', 'mention']));

    await send(new Undo({ id: id('/undos/1'), actor: peer.uri, object: like }));
    await send(new Undo({ id: id('/undos/2'), actor: peer.uri, object: announce }));
    await send(new Delete({ id: id('/deletes/1'), actor: peer.uri, object: reply.id ?? undefined, to: PUBLIC_COLLECTION }));
    await server.settled();
    expect(await read(posted)).toMatchObject({ favourites_count: 0, reblogs_count: 0, replies_count: 0 });
  });

  test('our edit is an Update, our deletion a Delete', async () => {
    await alice.api.ask('PUT', `/api/v1/statuses/${posted.id}`, { status: 'Hello again, Fedify' });
    const update = await until('the Update', () => peer.of(Update)[0]);
    expect(String((await update.getObject())?.content)).toContain('Hello again');
    await alice.api.delete(`/api/v1/statuses/${posted.id}`);
    const deletion = await until('the Delete', () => peer.of(Delete)[0]);
    expect((await deletion.getObject())?.id?.href).toBe(posted.uri);
  });

  test('its Undo of the Follow ends it', async () => {
    await send(new Undo({ id: id('/undos/3'), actor: peer.uri, object: follow() }));
    await server.settled();
    expect(await alice.api.get(`/api/v1/accounts/${alice.account.id}/followers`)).toEqual([]);
  });
});

describe('we ask Fedify', () => {
  let remoteId: string;
  let copy: StatusJson;

  test('a follow by handle waits until its Accept', async () => {
    const found = await alice.api.get<{ accounts: { id: string; acct: string; display_name: string }[] }>(
      `/api/v2/search?resolve=true&q=${encodeURIComponent(`@${peer.handle}`)}`,
    );
    expect(found.accounts).toMatchObject([{ acct: peer.handle, display_name: 'Fred of Fedify' }]);
    remoteId = found.accounts[0]?.id ?? '';
    expect(await alice.api.post(`/api/v1/accounts/${remoteId}/follow`)).toMatchObject({ requested: true, following: false });
    const follow = await until('the Follow', () => peer.of(Follow)[0]);
    await send(new Accept({ id: id('/accepts/1'), actor: peer.uri, object: follow }));
    await server.settled();
    const [relationship] = await alice.api.get<unknown[]>(`/api/v1/accounts/relationships?id[]=${remoteId}`);
    expect(relationship).toMatchObject({ following: true, requested: false });
  });

  test('its post stands in the home timeline', async () => {
    await home();
    const note = peer.note('first', 'News from Fedify');
    await send(new Create({ id: id('/creates/first'), actor: peer.uri, object: note, to: PUBLIC_COLLECTION }));
    copy = await until('the post', async () => (await home()).find((status) => status.uri === note.id?.href));
    expect(copy.content).toBe('<p>News from Fedify</p>');
    expect(copy.account.acct).toBe(peer.handle);
  });

  test('our favourite and boost arrive, and their undo', async () => {
    await alice.api.post(`/api/v1/statuses/${copy.id}/favourite`);
    await alice.api.post(`/api/v1/statuses/${copy.id}/reblog`);
    const like = await until('the Like', () => peer.of(Like)[0]);
    const announce = await until('the Announce', () => peer.of(Announce)[0]);
    expect([like.objectId?.href, announce.objectId?.href]).toEqual([copy.uri, copy.uri]);
    await alice.api.post(`/api/v1/statuses/${copy.id}/unfavourite`);
    await alice.api.post(`/api/v1/statuses/${copy.id}/unreblog`);
    await until('both Undos', () => peer.of(Undo).length >= 2);
    const undone = await Promise.all(peer.of(Undo).map((undo) => undo.getObject()));
    expect(undone.map((object) => object?.constructor)).toEqual(expect.arrayContaining([Like, Announce]));
  });

  test('its edit and its deletion are heard', async () => {
    const edited = peer.note('first', 'Corrected news', { updated: nowInstant() });
    await send(new Update({ id: id('/updates/1'), actor: peer.uri, object: edited, to: PUBLIC_COLLECTION }));
    await server.settled();
    expect((await read(copy)).content).toBe('<p>Corrected news</p>');
    peer.forget('first');
    await send(new Delete({ id: id('/deletes/2'), actor: peer.uri, object: edited.id ?? undefined, to: PUBLIC_COLLECTION }));
    await server.settled();
    expect((await alice.api.ask('GET', `/api/v1/statuses/${copy.id}`)).status).toBe(404);
    expect(await home()).toEqual([]);
  });

  test('our unfollow is an Undo of the Follow', async () => {
    await alice.api.post(`/api/v1/accounts/${remoteId}/unfollow`);
    const undo = await until('the Undo', async () => {
      for (const candidate of peer.of(Undo)) if ((await candidate.getObject()) instanceof Follow) return candidate;
      return null;
    });
    expect(undo.actorId?.href).toBe(alice.account.uri);
  });
});
