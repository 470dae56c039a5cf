import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { headersFromRaw, parseSignature, verifySignature } from '@trunkline/http-signatures';
import type { DeliveryOutcome, FederationHttp } from '../src/index.js';
import { clientFor, testPublicKey, testSigner } from './client-under-test.js';
import { ScriptedPeer } from './scripted-peer.js';

const BODY = '{"id":"http://here.test/1","type":"Like"}';
let peer: ScriptedPeer;
const clients: FederationHttp[] = [];
const open = (...args: Parameters<typeof clientFor> extends [unknown, ...infer Rest] ? Rest : never): FederationHttp => {
  const client = clientFor([peer], ...args);
  clients.push(client);
  return client;
};
const post = (client: FederationHttp, inbox = peer.url('/inbox')): Promise<DeliveryOutcome> =>
  client.sender({ ...testSigner, body: BODY })(inbox);

beforeEach(async () => {
  peer = await ScriptedPeer.start();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await peer.stop();
});

test('the body arrives byte for byte, signed, with its digest', async () => {
  peer.status('/inbox', 202);
  expect(await post(open())).toEqual({ kind: 'delivered', reason: 'accepted', status: 202 });
  const [request] = peer.seen;
  if (request === undefined) throw new Error('nothing came');
  expect(request.body.toString()).toBe(BODY);
  expect(request.headers).toMatchObject({
    'content-type': 'application/activity+json',
    digest: `SHA-256=${createHash('sha256').update(BODY).digest('base64')}`,
    host: peer.host,
  });
  const { method, url, rawHeaders } = request;
  const parsed = parseSignature({ method, path: url, headers: headersFromRaw(rawHeaders) }, { nowMs: Date.now() });
  expect(parsed.ok && verifySignature(parsed.value, testPublicKey)).toBe(true);
});

test('deliveries one after the other use one connection, many at once a few', async () => {
  peer.status('/inbox', 202);
  const client = open({ connectionsPerDeliveryPoolMax: 2 });
  for (let i = 0; i < 5; i++) await post(client);
  expect(peer.connections).toBe(1);
  await Promise.all(Array.from({ length: 20 }, () => post(client)));
  expect(peer.connections).toBeLessThanOrEqual(2);
  expect(peer.seen).toHaveLength(25);
});

test('the least recently used pool closes when there are too many', async () => {
  const others = await Promise.all([ScriptedPeer.start(), ScriptedPeer.start()]);
  const client = clientFor([peer, ...others], { deliveryPoolsMax: 2 });
  for (const one of [peer, ...others]) {
    one.status('/inbox', 202);
    expect(await post(client, one.url('/inbox'))).toMatchObject({ kind: 'delivered' });
  }
  expect(client.poolCounts()).toEqual({ fetch: 0, delivery: 2 });
  expect(await post(client)).toMatchObject({ kind: 'delivered' });
  expect(peer.connections).toBe(2);
  await client.close();
  await Promise.all(others.map((one) => one.stop()));
});

test.each([
  [401, {}, { kind: 'retry', reason: 'unauthorized' }],
  [404, {}, { kind: 'refused', reason: 'http_4xx' }],
  [410, {}, { kind: 'gone', reason: 'gone' }],
  [429, { 'retry-after': '90' }, { kind: 'pause', retryAfterMs: 90_000 }],
  [503, {}, { kind: 'retry', reason: 'http_5xx' }],
])('an answer of %i with %p', async (status, headers, expected) => {
  peer.status('/inbox', status, headers as Record<string, string>);
  expect(await post(open())).toMatchObject(expected);
});

test('a redirect is not followed', async () => {
  peer.redirect('/inbox', '/elsewhere', 307);
  expect(await post(open())).toMatchObject({ kind: 'retry', reason: 'redirected', status: 307 });
  expect(peer.seen).toHaveLength(1);
});

test('an answer that never ends counts by its status', async () => {
  peer.on('/inbox', (response) => void response.writeHead(202).write('x'));
  expect(await post(open({ deliverTotalTimeoutMs: 2_000 }))).toMatchObject({ kind: 'delivered', status: 202 });
});

test('an answer of any length costs little', async () => {
  let sent = 0;
  const closed = new Promise<void>((resolve) => {
    peer.on('/inbox', (response) => {
      const push = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.writeHead(202).on('drain', push).on('close', resolve);
      push();
    });
  });
  expect(await post(open())).toMatchObject({ kind: 'delivered' });
  await closed;
  expect(sent).toBeLessThan(20_000_000);
});

test('a peer that says nothing is tried again later', async () => {
  peer.on('/inbox', () => undefined);
  expect(await post(open({ deliverTotalTimeoutMs: 30 }))).toMatchObject({ kind: 'retry', reason: 'timeout' });
});

test('a peer that is down is tried again later', async () => {
  const gone = await ScriptedPeer.start();
  const client = clientFor([gone]);
  const inbox = gone.url('/inbox');
  await gone.stop();
  expect(await post(client, inbox)).toEqual({ kind: 'retry', reason: 'network', detail: 'ECONNREFUSED' });
  await client.close();
});

test('a name that does not resolve is tried again later', async () => {
  const unknown = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
  const client = open({}, { resolver: () => Promise.reject(unknown) });
  expect(await post(client, 'https://gone.test/inbox')).toEqual({ kind: 'retry', reason: 'network', detail: 'ENOTFOUND' });
});

test.each([
  ['http://127.0.0.1:4222/inbox', 'blocked_address'],
  ['https://10.0.0.1/inbox', 'blocked_address'],
  ['https://inside.test/inbox', 'blocked_address'],
  ['https://blocked.test/inbox', 'blocked_domain'],
  ['nonsense', 'bad_url'],
])('an inbox at %s is refused for good', async (inbox, reason) => {
  const client = open({}, {
    resolver: async () => [{ address: '127.0.0.1', family: 4 }],
    isHostBlocked: (host) => host === 'blocked.test',
  });
  expect(await post(client, inbox)).toMatchObject({ kind: 'refused', reason });
  expect(peer.connections).toBe(0);
});

test('closing lets an open delivery end and refuses later ones', async () => {
  const client = open({ closeTimeoutMs: 5_000 });
  const arrived = new Promise<() => void>((resolve) => {
    peer.on('/inbox', (response) => resolve(() => response.writeHead(202).end()));
  });
  const delivering = post(client);
  const answer = await arrived;
  const closing = client.close();
  answer();
  expect(await delivering).toMatchObject({ kind: 'delivered' });
  await closing;
  expect(await post(client)).toMatchObject({ kind: 'retry', reason: 'closed' });
});

test('closing cuts a delivery that does not end', async () => {
  const client = open({ closeTimeoutMs: 20 });
  const arrived = new Promise<void>((resolve) => peer.on('/inbox', () => resolve()));
  const delivering = post(client);
  await arrived;
  await client.close();
  expect(await delivering).toMatchObject({ kind: 'retry' });
});
