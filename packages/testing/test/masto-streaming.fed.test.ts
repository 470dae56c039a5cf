import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createStreamingAPIClient, type mastodon } from 'masto';
import { startTestServer, until, type TestPerson, type TestServer } from '../src/index.js';
import { EntityWitness } from './entity-witness.js';
import { EventSource } from './event-source.js';
import { mastoOf, originOf } from './masto-session.js';

jest.setTimeout(90_000);

const ENTITY_OF: Readonly<Record<string, string>> = { update: 'Status', 'status.update': 'Status', notification: 'Notification' };

let server: TestServer;
let witness: EntityWitness;
let people: Record<'alice' | 'bob', TestPerson>;
let alice: mastodon.rest.Client;
let bob: mastodon.rest.Client;
const streams: mastodon.streaming.Client[] = [];

beforeAll(async () => {
  server = await startTestServer();
  people = { alice: await server.person('alice'), bob: await server.person('bob') };
  witness = new EntityWitness(originOf(server));
  [alice, bob] = [mastoOf(server, people.alice.token), mastoOf(server, people.bob.token)];
  await bob.v1.accounts.$select(people.alice.account.id).follow();
  await bob.v1.timelines.home.list();
});
afterAll(async () => {
  for (const stream of streams) stream.close();
  witness?.leave();
  await server?.stop();
});
afterEach(() => witness.sayFaults());

/** masto's socket, whose payloads the witness sees before masto does. */
function connect(person: TestPerson): mastodon.streaming.Client {
  class WitnessedSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }) => {
        const { event, payload } = JSON.parse(String(data)) as { event: string; payload: string };
        const entity = ENTITY_OF[event];
        if (entity !== undefined) witness.check(entity, JSON.parse(payload), `stream ${event}`);
      });
    }
  }
  const stream = createStreamingAPIClient({ streamingApiUrl: `ws://${server.domain}`, accessToken: person.token, implementation: WitnessedSocket, retry: false });
  streams.push(stream);
  return stream;
}

interface Heard {
  readonly event: string;
  readonly payload: unknown;
}

/** Everything a subscription brings from now on. Posts by `probe` until the first one comes: nothing else says that it is open. */
async function hear(subscription: AsyncIterable<Heard>, probe: () => Promise<unknown>): Promise<Heard[]> {
  const heard: Heard[] = [];
  void (async () => {
    for await (const event of subscription) heard.push(event);
  })().catch((error: unknown) => heard.push({ event: 'broken', payload: error }));
  await until('the stream to be open', async () => {
    await probe();
    return heard.length > 0;
  });
  await server.settled();
  return heard;
}

const idsOf = (heard: readonly Heard[], event: string): unknown[] =>
  heard.filter((one) => one.event === event).map(({ payload }) => (typeof payload === 'string' ? payload : (payload as { id: string }).id));

describe('WebSocket through masto', () => {
  test('the user stream brings a post, its edit, its deletion, and notifications', async () => {
    const heard = await hear(connect(people.bob).user.subscribe(), () => alice.v1.statuses.create({ status: 'Do you hear me?' }));
    const made = await alice.v1.statuses.create({ status: '@bob a private word', visibility: 'private' });
    await until('the post', () => idsOf(heard, 'update').includes(made.id));
    await alice.v1.statuses.$select(made.id).update({ status: '@bob a better word' });
    await until('the edit', () => idsOf(heard, 'status.update').includes(made.id));
    await alice.v1.statuses.$select(made.id).remove();
    await until('the deletion', () => idsOf(heard, 'delete').includes(made.id));
    const told = await until('the notification', () => heard.find(({ event }) => event === 'notification'));
    expect(told.payload).toMatchObject({ type: 'mention', account: { acct: 'alice' }, status: { id: made.id } });
    expect(heard.every(({ event }) => event !== 'broken')).toBe(true);
  });

  test('a hashtag brings what carries it, the local timeline every public post, each once', async () => {
    const stream = connect(people.bob);
    const tagged = await hear(stream.hashtag.subscribe({ tag: 'Steam' }), () => alice.v1.statuses.create({ status: 'Probing #steam' }));
    const local = await hear(stream.public.local.subscribe(), () => alice.v1.statuses.create({ status: 'Probing' }));
    const [plain, about, quiet] = [
      await alice.v1.statuses.create({ status: 'Not about that' }),
      await alice.v1.statuses.create({ status: 'About #STEAM' }),
      await alice.v1.statuses.create({ status: 'Quiet #steam', visibility: 'unlisted' }),
    ];
    const last = await alice.v1.statuses.create({ status: 'The last #steam' });
    // In any order: each post is told of on its own.
    const wanted = new Set([plain.id, about.id, quiet.id, last.id]);
    const broughtBy = (heard: readonly Heard[]): unknown[] => idsOf(heard, 'update').filter((id) => wanted.has(String(id))).sort();
    await until('all of them', () => broughtBy(tagged).length >= 2 && broughtBy(local).length >= 3);
    await server.settled();
    expect(broughtBy(tagged)).toEqual([about.id, last.id]);
    expect(broughtBy(local)).toEqual([plain.id, about.id, last.id]);
  });
});

describe('server-sent events', () => {
  test('the user stream brings a post, its deletion, and notifications', async () => {
    const source = await EventSource.open(`${originOf(server)}/api/v1/streaming/user`, people.bob.token);
    try {
      const made = await alice.v1.statuses.create({ status: '@bob over the other wire' });
      const update = await source.next('the post', ({ event, data }) => event === 'update' && data.includes(made.id));
      witness.check('Status', JSON.parse(update.data), 'SSE update');
      const told = await source.next('the notification', ({ event }) => event === 'notification');
      witness.check('Notification', JSON.parse(told.data), 'SSE notification');
      await alice.v1.statuses.$select(made.id).remove();
      expect(await source.next('the deletion', ({ event }) => event === 'delete')).toEqual({ event: 'delete', data: made.id });
    } finally {
      source.close();
    }
  });

  test('a stranger is refused', async () => {
    const answer = await fetch(`${originOf(server)}/api/v1/streaming/user`);
    expect([answer.status, await answer.json()]).toEqual([401, { error: expect.any(String) }]);
  });
});
