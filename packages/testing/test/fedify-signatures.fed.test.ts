import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Create, Follow, Like, PUBLIC_COLLECTION } from '@fedify/vocab';
import { ApiClient, ScriptedRemote, startTestServer, until, type TestPerson, type TestServer } from '../src/index.js';
import { FedifyPeer, type FedifyOptions } from './fedify-peer.js';

interface StatusJson {
  id: string;
  uri: string;
  favourites_count: number;
}

jest.setTimeout(90_000);

let peer: FedifyPeer;
let server: TestServer;
let alice: TestPerson;
const started: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.stop();
});

async function start(options: FedifyOptions, peers: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<void> {
  peer = await FedifyPeer.start(options);
  started.push(peer);
  server = await startTestServer({ peers: [peer.host, ...peers], env: { METRICS_PORT: '0', ...env } });
  started.push(server);
  alice = await server.person('alice');
}

const inbox = (): string => `http://${server.domain}/inbox`;
const id = (path: string): URL => new URL(path, peer.origin);
const follow = (): Follow => new Follow({ id: id('/follows/1'), actor: peer.uri, object: new URL(alice.account.uri) });
const post = (text: string): Promise<StatusJson> => alice.api.post<StatusJson>('/api/v1/statuses', { status: text });

/** Of each result of an inbox POST, how often. */
async function results(): Promise<Record<string, number>> {
  const text = await new ApiClient(new URL('/', server.service.metricsUrl ?? '').href, null).get<string>('/metrics');
  return Object.fromEntries([...text.matchAll(/^inbox_requests_total\{[^}]*result="(\w+)"[^}]*\} (\d+)/gm)].map(([, result = '', count]) => [result, Number(count)]));
}

test('what Fedify signs after RFC 9421 is taken at the first knock', async () => {
  await start({});
  await peer.send(follow(), inbox(), alice.account.uri);
  await peer.send(new Create({ id: id('/creates/1'), actor: peer.uri, object: peer.note('n', 'hi'), to: PUBLIC_COLLECTION }), inbox(), alice.account.uri);
  expect(await results()).toEqual({ accepted: 2 });
});

describe('a Fedify that takes one scheme alone', () => {
  test.each(['rfc9421', 'cavage'] as const)('%s: it gets everything, and each at the first knock once that is known', async (takes) => {
    await start({ takes });
    await peer.send(follow(), inbox(), alice.account.uri);
    await until('the Accept', () => peer.received.length >= 1);
    // What it takes is known when its answer has come.
    await server.settled();
    await post('one');
    await post('two');
    await until('both posts', () => peer.received.length >= 3);
    const known = { scheme: takes, status: 202 };
    const first = takes === 'rfc9421' ? [{ scheme: 'cavage', status: 401 }, known] : [known];
    expect(peer.knocks).toEqual([...first, known, known]);
  });

  test('one that asks for a nonce by Accept-Signature gets it', async () => {
    await start({ takes: 'rfc9421', challenges: true });
    await peer.send(follow(), inbox(), alice.account.uri);
    // Without a nonce there is a challenge, with it the activity is taken.
    await until('the Accept', () => peer.received.length >= 1, 30_000);
    await post('one');
    await until('the post', () => peer.received.length >= 2, 30_000);
    expect(peer.knocks.at(-1)).toEqual({ scheme: 'rfc9421', status: 202 });
  });
});

describe('a Fedify that gives its actor to signed requests alone, of one scheme', () => {
  // AUTHORIZED_FETCH here as well: each asks the other's instance actor, which is open to all.
  test.each(['rfc9421', 'cavage'] as const)('%s: its actor is read, at the first knock once that is known', async (takes) => {
    await start({ takes, guards: true }, [], { AUTHORIZED_FETCH: 'true' });
    const search = `/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(`@${peer.handle}`)}`;
    expect((await alice.api.get<{ accounts: unknown[] }>(search)).accounts).toMatchObject([{ acct: peer.handle, display_name: 'Fred of Fedify' }]);
    const known = { scheme: takes, status: 200 };
    expect(peer.looks).toEqual(takes === 'rfc9421' ? [{ scheme: 'cavage', status: 401 }, known] : [known]);
    const { remote } = server.backbone;
    expect(await remote.fetchObject(peer.uri.href)).toMatchObject({ ok: true, value: { uri: peer.uri.href } });
    expect(peer.looks.at(-1)).toEqual(known);
    expect(peer.looks).toHaveLength(takes === 'rfc9421' ? 3 : 2);
  });
});

test('what Fedify proves (FEP-8b32) is believed from whoever passes it on, and nothing that was changed', async () => {
  const relay = await ScriptedRemote.start({ name: 'ray' });
  started.push(relay);
  await start({ proves: true }, [relay.host]);
  const [liked, other] = [await post('one'), await post('two')];
  const favourites = async ({ id: statusId }: StatusJson): Promise<number> => (await alice.api.get<StatusJson>(`/api/v1/statuses/${statusId}`)).favourites_count;
  const passOn = async (body: string): Promise<number> => {
    const { status } = await relay.sendBody(inbox(), body);
    await server.settled();
    return status;
  };
  // Whom it signs the request for is no part of what is proven.
  await peer.send(new Like({ id: id('/likes/1'), actor: peer.uri, object: new URL(liked.uri) }), relay.person.inbox, relay.person.id);
  const like = await relay.untilPost('the Like', ({ type }) => type === 'Like');
  expect(like.body).toContain('eddsa-jcs-2022');

  expect(await passOn(like.body.replace(liked.uri, other.uri))).toBe(202);
  expect(await passOn(JSON.stringify({ ...(JSON.parse(like.body) as object), proof: undefined, signature: undefined }))).toBe(401);
  expect([await favourites(liked), await favourites(other)]).toEqual([0, 0]);
  // A relay adds its own signature, which the proof does not cover.
  expect(await passOn(JSON.stringify({ ...(JSON.parse(like.body) as object), signature: { type: 'RsaSignature2017' } }))).toBe(202);
  expect([await favourites(liked), await favourites(other)]).toEqual([1, 0]);
});
