import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Accept, Collection, Create, Follow, Note, OrderedCollection, Person, type Recipient } from '@fedify/vocab';
import { Temporal as Polyfill } from '@js-temporal/polyfill';
import { until, type TestPerson } from '../src/index.js';
import { FedifyStage } from './fedify-stage.js';

jest.setTimeout(90_000);

interface StatusJson {
  readonly id: string;
  readonly uri: string;
}

let stage: FedifyStage;
afterEach(() => stage.stop());

const hoursAgo = (hours: number): Temporal.Instant => Polyfill.Now.instant().subtract({ hours }) as unknown as Temporal.Instant;

describe('what stands at Fedify', () => {
  test('a thread that is opened here is read from its replies', async () => {
    stage = await FedifyStage.start();
    const { peer, alice } = stage;
    const root = peer.note('root', 'root', { published: hoursAgo(3) });
    const first = peer.note('first', 'first', { published: hoursAgo(2), replyTarget: root.id });
    const second = peer.note('second', 'second', { published: hoursAgo(1), replyTarget: first.id });
    const status = await stage.status<StatusJson>(root.id ?? '');
    const context = () => alice.api.get<{ descendants: StatusJson[] }>(`/api/v1/statuses/${status?.id}/context`);
    expect(await context()).toMatchObject({ descendants: [] });
    const below = await until('the thread', async () => {
      const { descendants } = await context();
      return descendants.length === 2 ? descendants : null;
    });
    expect(below.map(({ uri }) => uri)).toEqual([first.id?.href, second.id?.href]);
  });

  test('older posts of a profile are read from its outbox, over its pages', async () => {
    stage = await FedifyStage.start();
    const { peer, alice } = stage;
    const notes = [5, 4, 3, 2, 1].map((hours) => peer.note(`old${hours}`, `${hours} hours ago`, { published: hoursAgo(hours) }));
    const { id } = await stage.account(peer.uri);
    const statuses = () => alice.api.get<StatusJson[]>(`/api/v1/accounts/${id}/statuses`);
    await statuses();
    const read = await until('its posts', async () => ((await statuses()).length === notes.length ? statuses() : null));
    expect(read.map(({ uri }) => uri)).toEqual(notes.map((note) => note.id?.href).reverse());
  });

  test('a profile is shown with its pins when somebody looks for it', async () => {
    stage = await FedifyStage.start();
    const { peer, alice } = stage;
    const note = peer.note('pinned', 'on top', { published: hoursAgo(9) });
    peer.pinned.push(note);
    const { id } = await stage.account(peer.uri);
    await until('the pin', async () => (await alice.api.get<StatusJson[]>(`/api/v1/accounts/${id}/statuses?pinned=true`)).some(({ uri }) => uri === note.id?.href));
  });
});

describe('what stands here, for a Fedify that signs, where nothing is shown to who does not', () => {
  const guarded = { AUTHORIZED_FETCH: 'true' };

  test('is read whole: profile, outbox, thread, followers', async () => {
    stage = await FedifyStage.start({}, guarded);
    const { peer, alice } = stage;
    await stage.fredFollows();
    expect((await fetch(alice.account.uri, { headers: { accept: 'application/activity+json' } })).status).toBe(401);
    const me = await peer.read(stage.aliceUri);
    if (!(me instanceof Person)) throw new Error('Fedify reads nobody');
    expect([me.id?.href, String(me.preferredUsername)]).toEqual([alice.account.uri, 'alice']);
    const posts: StatusJson[] = [];
    for (const status of ['one', 'two', 'three']) posts.push(await alice.api.post<StatusJson>('/api/v1/statuses', { status, in_reply_to_id: posts[0]?.id }));
    const uris = posts.map(({ uri }) => uri);

    if (me.outboxId === null || me.followersId === null) throw new Error('it has no collections');
    const said = await peer.readAll(me.outboxId);
    expect(said.map((activity) => activity instanceof Create && activity.objectId?.href)).toEqual([...uris].reverse());
    const followers = await peer.read(me.followersId);
    expect(followers).toBeInstanceOf(OrderedCollection);
    expect(followers instanceof Collection && followers.totalItems).toBe(1);
    const root = await peer.read(new URL(uris[0] ?? ''));
    if (!(root instanceof Note) || root.repliesId === null) throw new Error('it has no replies');
    expect((await peer.readAll(root.repliesId)).map((object) => object.id?.href)).toEqual(uris.slice(1));
    const [context] = [...root.contextIds];
    expect((await peer.readAll(context as URL)).map((object) => object.id?.href)).toEqual(uris);
  });

  test('what is for followers is read by a follower’s server alone', async () => {
    stage = await FedifyStage.start({}, guarded);
    const { peer, alice } = stage;
    const before = await alice.api.post<StatusJson>('/api/v1/statuses', { status: 'among us', visibility: 'private' });
    expect(await peer.read(new URL(before.uri)).catch(() => null)).toBeNull();
    await stage.fredFollows();
    expect(await peer.read(new URL(before.uri))).toBeInstanceOf(Note);
  });
});

describe('followers are compared (FEP-8fcf)', () => {
  const asRecipient = (person: TestPerson): Recipient => ({ id: new URL(person.account.uri), inboxId: new URL(`http://${stage.server.domain}/inbox`), endpoints: null });
  /** Alice and bob follow fred, who knows of alice and of cara alone, and writes to his followers. */
  async function tell(knocks: 'cavage' | 'rfc9421'): Promise<{ bob: TestPerson; fredId: string }> {
    stage = await FedifyStage.start({ knocks });
    const { peer, server, alice } = stage;
    const [bob, cara] = [await server.person('bob'), await server.person('cara')];
    const fredId = await stage.aliceFollows(peer.uri);
    await bob.api.post(`/api/v1/accounts/${fredId}/follow`);
    const follow = await until('the Follow of bob', () => peer.of(Follow).find(({ actorId }) => actorId?.href === bob.account.uri));
    await stage.send(new Accept({ id: stage.id('accepts'), actor: peer.uri, object: follow }));
    peer.followers.push(asRecipient(alice), asRecipient(cara));
    const followers = new URL('/users/fred/followers', peer.origin);
    const note = peer.note('closed', 'among us', { to: followers, cc: null });
    await peer.sendToFollowers(new Create({ id: stage.id('creates'), actor: peer.uri, object: note, to: followers }));
    await server.settled();
    return { bob, fredId };
  }
  const follows = async (person: TestPerson, id: string): Promise<boolean | undefined> =>
    (await person.api.get<{ following: boolean }[]>(`/api/v1/accounts/relationships?id[]=${id}`))[0]?.following;

  test('with a header that is signed: who is no follower there is none here either', async () => {
    const { bob, fredId } = await tell('cavage');
    await until('bob to follow no more', async () => (await follows(bob, fredId)) === false);
    expect(await follows(stage.alice, fredId)).toBe(true);
  });

  test('Fedify’s RFC 9421 leaves the header out of what it signs: then it counts for nothing', async () => {
    const { bob, fredId } = await tell('rfc9421');
    expect(await stage.server.backbone.db.query(`SELECT 1 FROM federation.readings WHERE kind = 'followers'`)).toEqual([]);
    expect([await follows(bob, fredId), await follows(stage.alice, fredId)]).toEqual([true, true]);
  });
});
