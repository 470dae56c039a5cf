import { createPrivateKey, type KeyObject } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ActivityReceivedV1 } from '@trunkline/contracts';
import { signRequest } from '@trunkline/http-signatures';
import { newEventId } from '@trunkline/persistence';
import { freePort, startTestServer, SteadyClock, until, type TestPerson, type TestServer } from '@trunkline/testing';

jest.setTimeout(120_000);

// Every service twice: two whole servers over the same stores, and a third one that is to be suspended.
let home: TestServer;
let copy: TestServer;
let away: TestServer;
let copies: readonly TestServer[];
let owner: TestPerson;
let alice: TestPerson;
let bob: TestPerson;
let bobsKey: KeyObject;
let bobHere: string;
let bobsPost: { id: string; uri: string };
let ruleId: string;

type Json = Record<string, unknown> & { id: string; uri: string };

/** The same request to another copy. */
const at = (server: TestServer, path: string, token = alice.token): Promise<{ status: number; body: unknown }> =>
  fetch(new URL(path, server.url), { headers: { authorization: `Bearer ${token}` } }).then(async (answer) => ({ status: answer.status, body: await answer.json() }));

const uris = (answer: { body: unknown }): unknown[] => (answer.body as Json[]).map((each) => each.uri);

const settled = async (): Promise<void> => {
  await home.settled();
  await away.settled();
  await home.settled();
};

/** An activity by bob, signed for the server's name and sent to this copy of it. */
async function send(server: TestServer, type = 'Like'): Promise<number> {
  const id = `${bob.account.uri}/likes/${newEventId()}`;
  const body = Buffer.from(JSON.stringify({ '@context': 'https://www.w3.org/ns/activitystreams', id, type, actor: bob.account.uri, object: alice.account.uri }));
  const headers = await signRequest({
    method: 'POST',
    url: new URL(`http://${server.domain}/inbox`),
    headers: { 'Content-Type': 'application/activity+json' },
    body,
    keyId: `${bob.account.uri}#main-key`,
    privateKey: bobsKey,
    date: new Date(),
  });
  return new Promise((resolve, reject) => {
    const sent = request(new URL('/inbox', server.url), { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject).end(body);
  });
}

/** Events of a stream as they come, by the ids of what they show. */
async function listen(server: TestServer, path: string): Promise<{ seen: string[]; close: () => void }> {
  const stop = new AbortController();
  const answer = await fetch(new URL(path, server.url), { headers: { authorization: `Bearer ${alice.token}` }, signal: stop.signal });
  if (answer.body === null || answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
  const [seen, body]: [string[], ReadableStream<Uint8Array>] = [[], answer.body];
  const read = async (): Promise<void> => {
    let text = '';
    for await (const chunk of body) {
      text += Buffer.from(chunk).toString('utf8');
      for (const [, data] of text.matchAll(/^data: (\{.*\})$/gm)) seen.push((JSON.parse(data ?? '{}') as Json).uri);
      text = text.slice(text.lastIndexOf('\n') + 1);
    }
  };
  void read().catch(() => undefined);
  return { seen, close: () => stop.abort() };
}

beforeAll(async () => {
  const [homePort, awayPort] = [await freePort(), await freePort()];
  home = await startTestServer({ port: homePort, peers: [`localhost:${awayPort}`], env: { DB_CONNECTION_BUDGET: '10' } });
  copy = await startTestServer({ sharing: home });
  away = await startTestServer({ port: awayPort, peers: [`localhost:${homePort}`], env: { DB_CONNECTION_BUDGET: '10' } });
  copies = [home, copy];
  owner = await home.person('olga', { role: 'Owner' });
  alice = await home.person('alice');
  bob = await away.person('bob');
  bobsKey = createPrivateKey((await away.backbone.accountKeys.getOrCreate(bob.account.id)).privateKeyPem);

  const found = await alice.api.get<{ accounts: Json[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(bob.handle)}`);
  bobHere = found.accounts[0]?.id ?? '';
  await alice.api.post(`/api/v1/accounts/${bobHere}/follow`);
  await settled();
  const alicesAway = await bob.api.get<{ accounts: Json[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(alice.handle)}`);
  await bob.api.post(`/api/v1/accounts/${alicesAway.accounts[0]?.id}/follow`);
  await settled();
  await alice.api.get('/api/v1/timelines/home');
  const posted = await bob.api.post<Json>('/api/v1/statuses', { status: `@${alice.handle} still friends` });
  await settled();
  for (const server of copies) {
    const [shown] = uris(await at(server, '/api/v1/timelines/home'));
    if (shown !== posted.uri || (await send(server)) !== 202) throw new Error('the servers are no friends to begin with');
  }
  const [here] = await home.backbone.store.statusesByUris([posted.uri]);
  bobsPost = { id: here?.id ?? '', uri: posted.uri };
});
afterAll(async () => {
  await copy.stop();
  await Promise.all([home.stop(), away.stop()]);
});

describe('a suspended server, two copies of every service', () => {
  test('S190 every way in and out is shut in both copies within one second', async () => {
    ruleId = (await owner.api.post<Json>('/api/v1/admin/domain_blocks', { domain: away.domain, severity: 'suspend' })).id;
    const clock = new SteadyClock(() => home.backbone.db.query('SELECT 1'));
    const ways: Record<string, (server: TestServer) => Promise<boolean>> = {
      receive: async (server) => (await send(server)) === 403,
      fetch: async ({ backbone }) => {
        const fetched = await backbone.remote.fetchObject(bob.account.uri);
        return !fetched.ok && fetched.error.code === 'blocked_domain';
      },
      delivery: async ({ backbone }) => {
        const outcome = await backbone.federation.sender({ body: '{}', keyId: `${alice.account.uri}#main-key`, privateKey: bobsKey })(`http://${away.domain}/inbox`);
        return outcome.kind === 'refused' && outcome.reason === 'blocked_domain';
      },
      'home feed': async (server) => uris(await at(server, '/api/v1/timelines/home')).length === 0,
      'public timeline': async (server) => !uris(await at(server, '/api/v1/timelines/public')).includes(bobsPost.uri),
      'the status itself': async (server) => (await at(server, `/api/v1/statuses/${bobsPost.id}`)).status === 404,
      notifications: async (server) => ((await at(server, '/api/v1/notifications?types[]=mention')).body as unknown[]).length === 0,
      search: async (server) => ((await at(server, `/api/v2/search?resolve=true&type=statuses&q=${encodeURIComponent(bobsPost.uri)}`)).body as { statuses: unknown[] }).statuses.length === 0,
    };
    const looks = Object.entries(ways).flatMap(([way, isShut]) =>
      copies.map(async (server, number) => ({ way: `${way} in copy ${number}`, openMs: await clock.lastOtherwiseMs(`${way} to be shut in copy ${number}`, () => isShut(server)) })),
    );
    const lastOpenMs = await Promise.all(looks).finally(() => clock.stop());
    expect(lastOpenMs.filter(({ openMs }) => openMs >= 1_000)).toEqual([]);
  });

  test('S196 what was accepted before is not applied after', async () => {
    const { inbound, ids, publisher, db } = home.backbone;
    const note = (number: number) => ({ id: `${bob.account.uri}/late/${number}`, type: 'Note', attributedTo: bob.account.uri, content: 'too late', to: ['https://www.w3.org/ns/activitystreams#Public'], cc: [alice.account.uri] });
    const rows = Array.from({ length: 40 }, (_, number) => ({
      id: ids.next(),
      activityId: `${bob.account.uri}/late/${number}/activity`,
      activityType: 'Create',
      actorUri: bob.account.uri,
      signerHost: away.domain,
      signatureHash: String(number),
      body: JSON.stringify({ id: `${bob.account.uri}/late/${number}/activity`, type: 'Create', actor: bob.account.uri, object: note(number), to: note(number).to, cc: note(number).cc }),
      trace: null,
    }));
    await inbound.accept(rows);
    for (const row of rows) {
      const eventId = newEventId();
      await publisher.publish([{ eventId, subject: ActivityReceivedV1.subject, payload: { eventId, inboundIds: [row.id] } }]);
    }
    const verdicts = await until('both copies to have looked at all', async () => {
      const states = await db.query<{ state: string; reason: string; n: string }>('SELECT state, reason, count(*) AS n FROM federation.inbound WHERE id = ANY($1) GROUP BY 1, 2 LIMIT 10', [rows.map((row) => row.id)]);
      return states.every(({ state }) => state !== 'stored') && states;
    });
    expect(verdicts).toEqual([{ state: 'ignored', reason: 'blocked_domain', n: '40' }]);
    expect(await home.backbone.store.statusesByUris(rows.map((_, number) => note(number).id))).toEqual([]);
  });

  test('streams of both copies carry nothing of it, and go on', async () => {
    const streams = await Promise.all(copies.flatMap((server) => ['/api/v1/streaming/public', '/api/v1/streaming/user'].map((path) => listen(server, path))));
    const { live } = home.backbone;
    const bobsId = bobHere as typeof alice.account.id;
    live.toPublic({ type: 'update', statusId: bobsPost.id as typeof bobsId, authorId: bobsId, local: false, hasMedia: false, tags: [] });
    live.toUsers([alice.account.id], { type: 'update', statusId: bobsPost.id as typeof bobsId });
    const own = await alice.api.post<Json>('/api/v1/statuses', { status: 'anybody there?' });
    await until('the post that may be shown', () => streams.every(({ seen }) => seen.includes(own.uri)));
    for (const { seen, close } of streams) {
      expect(seen).not.toContain(bobsPost.uri);
      close();
    }
  });

  test('a post that names its people is not sent there, and the follows are gone', async () => {
    const unsent = await alice.api.post<Json>('/api/v1/statuses', { status: `@${bob.handle} can you hear me?` });
    await settled();
    expect(await away.backbone.store.statusesByUris([unsent.uri])).toEqual([]);
    await until('the follows to be gone', async () => {
      const { body } = await at(home, `/api/v1/accounts/${alice.account.id}/following`);
      const followers = await at(copy, `/api/v1/accounts/${alice.account.id}/followers`);
      return (body as unknown[]).length + (followers.body as unknown[]).length === 0;
    });
  });

  test('lifting the rule opens both copies again', async () => {
    await owner.api.delete(`/api/v1/admin/domain_blocks/${ruleId}`);
    await Promise.all(copies.map((server) => until('the door to be open', async () => (await send(server)) === 202)));
    expect((await at(copy, `/api/v1/statuses/${bobsPost.id}`)).status).toBe(200);
  });
});
