import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { headersFromRaw, readRequestSignature, verifyRequestSignature, type SignatureScheme } from '@trunkline/http-signatures';
import type { DeliveryOutcome, FederationHttp } from '../src/index.js';
import type { KnownScheme, SchemeRows } from '../src/signature-schemes.js';
import { clientFor, testPublicKey, testSigner } from './client-under-test.js';
import { ScriptedPeer, type SeenRequest } from './scripted-peer.js';

const BODY = '{"id":"http://here.test/1","type":"Like"}';
const DAY_MS = 86_400_000;
let peer: ScriptedPeer;
let nowMs: number;
let table: Table;
const clients: FederationHttp[] = [];

/** What all copies share. */
class Table implements SchemeRows {
  readonly rows = new Map<string, KnownScheme & { readonly at: Date }>();
  looks = 0;
  async learnedSince(since: Date) {
    this.looks += 1;
    const known = [...this.rows.values()].filter(({ at }) => at >= since);
    return { known, until: known.at(-1)?.at ?? since };
  }
  async save(known: KnownScheme): Promise<void> {
    this.rows.set(known.host, { ...known, at: new Date(nowMs) });
  }
}

beforeEach(async () => {
  peer = await ScriptedPeer.start();
  nowMs = Date.now();
  table = new Table();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await peer.stop();
});

/** One copy of the server. */
function copy(): FederationHttp {
  const client = clientFor([peer], { negativeCacheMs: 0 }, { nowMs: () => nowMs, schemes: { rows: table, onError: (error) => { throw error; } } });
  clients.push(client);
  return client;
}
const deliver = (client: FederationHttp): Promise<DeliveryOutcome> => client.sender({ ...testSigner, body: BODY })(peer.url('/inbox'));

/** The scheme of a request whose signature holds. */
function schemeOf({ method, url, rawHeaders }: SeenRequest): SignatureScheme | 'unsigned' {
  const parsed = readRequestSignature({ method, path: url, headers: headersFromRaw(rawHeaders) }, { nowMs, hosts: [peer.host], origins: [`http://${peer.host}`] });
  return parsed.ok && verifyRequestSignature(parsed.value, testPublicKey) ? parsed.value.scheme : 'unsigned';
}
const knocks = (): string[] => peer.seen.splice(0).map(schemeOf);

/** Takes one scheme, and refuses the other with this status. */
const taking = (path: string, taken: SignatureScheme, status: number): void =>
  void peer.on(path, (response, request) => {
    if (schemeOf(request) !== taken) response.writeHead(status).end();
    else if (request.method === 'GET') response.writeHead(200, { 'content-type': 'application/activity+json' }).end(JSON.stringify({ id: peer.url(path) }));
    else response.writeHead(202).end();
  });

describe('deliveries', () => {
  test('draft-cavage goes first, and who takes it gets nothing else', async () => {
    taking('/inbox', 'cavage', 401);
    const client = copy();
    for (let n = 0; n < 2; n += 1) expect(await deliver(client)).toMatchObject({ kind: 'delivered' });
    expect(knocks()).toEqual(['cavage', 'cavage']);
    expect(table.rows.size).toBe(0);
  });

  // 400 and 401 as Mastodon answers, 403 as some do.
  test.each([400, 401, 403])('who refuses it with %i gets RFC 9421 at once, and first from then on', async (status) => {
    taking('/inbox', 'rfc9421', status);
    const client = copy();
    expect(await deliver(client)).toEqual({ kind: 'delivered', reason: 'accepted', status: 202 });
    expect(await deliver(client)).toMatchObject({ kind: 'delivered' });
    expect(knocks()).toEqual(['cavage', 'rfc9421', 'rfc9421']);
    expect(table.rows.get(peer.host)).toMatchObject({ scheme: 'rfc9421', expiresAt: new Date(nowMs + 30 * DAY_MS) });
  });

  test('another copy knows it, when it looked', async () => {
    taking('/inbox', 'rfc9421', 401);
    await deliver(copy());
    peer.seen.length = 0;
    const other = copy();
    // The first request makes it look; what that told counts from the next one.
    await deliver(other);
    await deliver(other);
    expect(knocks().at(-1)).toBe('rfc9421');
    expect(table.looks).toBe(2);
  });

  test('what is remembered ends after a month', async () => {
    taking('/inbox', 'rfc9421', 401);
    const client = copy();
    await deliver(client);
    nowMs += 31 * DAY_MS;
    peer.seen.length = 0;
    await deliver(client);
    expect(knocks()).toEqual(['cavage', 'rfc9421']);
  });

  test('a host that changes its mind is followed, and all copies learn it', async () => {
    taking('/inbox', 'rfc9421', 401);
    const client = copy();
    await deliver(client);
    taking('/inbox', 'cavage', 401);
    peer.seen.length = 0;
    expect(await deliver(client)).toMatchObject({ kind: 'delivered' });
    expect(await deliver(client)).toMatchObject({ kind: 'delivered' });
    expect(knocks()).toEqual(['rfc9421', 'cavage', 'cavage']);
    expect(table.rows.get(peer.host)?.scheme).toBe('cavage');
  });

  test('of a host that took the scheme before, 400 and 403 mean the activity', async () => {
    taking('/inbox', 'cavage', 401);
    const client = copy();
    await deliver(client);
    for (const status of [400, 403]) {
      peer.status('/inbox', status);
      expect(await deliver(client)).toMatchObject({ kind: 'refused', status });
    }
    expect(knocks()).toEqual(['cavage', 'cavage', 'cavage']);
  });

  test('who refuses both is not asked twice each time', async () => {
    peer.status('/inbox', 401);
    const client = copy();
    for (let n = 0; n < 3; n += 1) expect(await deliver(client)).toMatchObject({ kind: 'retry', reason: 'unauthorized', status: 401 });
    expect(knocks()).toHaveLength(4);
    nowMs += 11 * 60_000;
    await deliver(client);
    expect(knocks()).toHaveLength(2);
  });

  // What the second knock meets counts when it says more than "not you".
  test.each([
    [404, { kind: 'refused', status: 404 }],
    [410, { kind: 'gone', status: 410 }],
    [500, { kind: 'retry', reason: 'unauthorized', status: 401 }],
  ])('401 and then %i', async (second, expected) => {
    peer.on('/inbox', (response, request) => void response.writeHead(schemeOf(request) === 'cavage' ? 401 : second).end());
    expect(await deliver(copy())).toMatchObject(expected);
  });

  test('401 and then a wish to wait', async () => {
    peer.on('/inbox', (response, request) => void response.writeHead(schemeOf(request) === 'cavage' ? 401 : 429, { 'retry-after': '60' }).end());
    expect(await deliver(copy())).toMatchObject({ kind: 'pause', retryAfterMs: 60_000 });
  });

  test.each([404, 410, 429, 500, 503])('%i is no question of the signature', async (status) => {
    peer.status('/inbox', status);
    await deliver(copy());
    expect(knocks()).toEqual(['cavage']);
  });

  test('what the host asks for by Accept-Signature is done', async () => {
    const wish = 'want=("@method" "@target-uri" "@authority" "content-digest" "date");created;expires;nonce="n-1";tag="app"';
    peer.on('/inbox', (response, request) => {
      const input = String(request.headers['signature-input'] ?? '');
      const fits = input.startsWith('want=(') && ['"@authority"', '"date"', ';nonce="n-1"', ';tag="app"', ';expires='].every((part) => input.includes(part));
      if (fits && schemeOf(request) === 'rfc9421') response.writeHead(202).end();
      else response.writeHead(401, { 'accept-signature': wish }).end();
    });
    const client = copy();
    expect(await deliver(client)).toMatchObject({ kind: 'delivered' });
    expect(await deliver(client)).toMatchObject({ kind: 'delivered' });
    expect(knocks()).toEqual(['cavage', 'rfc9421', 'rfc9421', 'rfc9421']);
  });

  test('who asks only those that came by the right scheme is answered as well, with three requests in all', async () => {
    peer.on('/inbox', (response, request) => {
      const input = String(request.headers['signature-input'] ?? '');
      if (input.includes('nonce="n"')) response.writeHead(202).end();
      else response.writeHead(401, input === '' ? {} : { 'accept-signature': 'sig1=("@method");nonce="n"' }).end();
    });
    expect(await deliver(copy())).toMatchObject({ kind: 'delivered' });
    expect(knocks()).toHaveLength(3);
  });

  test('who asks for ever is heard once', async () => {
    peer.status('/inbox', 401, { 'accept-signature': 'sig1=("@method");nonce="n"' });
    expect(await deliver(copy())).toMatchObject({ kind: 'retry', reason: 'unauthorized' });
    expect(knocks()).toHaveLength(2);
  });
});

describe('fetches', () => {
  const fetch = (client: FederationHttp, path = '/note') => client.fetchObject(peer.url(path), { signAs: testSigner });

  test.each<SignatureScheme>(['cavage', 'rfc9421'])('a server that asks for %s gives its documents', async (scheme) => {
    taking('/note', scheme, 401);
    const client = copy();
    expect((await fetch(client)).ok).toBe(true);
    expect((await fetch(client)).ok).toBe(true);
    expect(knocks()).toEqual(scheme === 'cavage' ? ['cavage', 'cavage'] : ['cavage', 'rfc9421', 'rfc9421']);
  });

  test('a document that is open to all says nothing about the scheme', async () => {
    peer.json('/note', { id: peer.url('/note') });
    taking('/inbox', 'rfc9421', 400);
    const client = copy();
    await fetch(client);
    expect(await deliver(client)).toMatchObject({ kind: 'delivered' });
    expect(knocks()).toEqual(['cavage', 'cavage', 'rfc9421']);
  });

  test('both refused: the failure is that of the host', async () => {
    peer.status('/note', 403);
    expect(await fetch(copy())).toMatchObject({ ok: false, error: { code: 'http_4xx', status: 403 } });
    expect(knocks()).toEqual(['cavage', 'rfc9421']);
  });
});
