import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { FederationHttp } from '../src/index.js';
import { clientFor, testSigner } from './client-under-test.js';
import { ScriptedPeer, type SeenRequest } from './scripted-peer.js';

// What docs/federation-headers.md says is sent, against what comes over the wire.

const page = readFileSync(join(import.meta.dirname, '../../../docs/federation-headers.md'), 'utf8');
const sent = new Map([...page.matchAll(/^`sent: ([^`]+)`[^\n]*\n```http\n([\s\S]*?)\n```$/gm)].map(([, name = '', text = '']) => [name, text]));
const WISH = /`Accept-Signature: ([^`]+)`/.exec(page)?.[1] ?? '';
const NOW_MS = Date.parse('2026-11-22T07:00:00Z');
/** No signature speaks of these. */
const LEFT_OUT = new Set(['user-agent', 'accept', 'accept-encoding', 'connection', 'content-length']);
const SYNC = 'collectionId="https://social.example/ap/users/1/followers", url="https://social.example/ap/users/1/followers_synchronization", digest="b08ab6951c7d"';

let peer: ScriptedPeer;
let client: FederationHttp;
beforeEach(async () => {
  peer = await ScriptedPeer.start();
  client = clientFor([peer], {}, { nowMs: () => NOW_MS });
});
afterEach(async () => {
  await client.close();
  await peer.stop();
});

/** The request as the page writes one. */
function written({ method, url, rawHeaders }: SeenRequest): string {
  const lines: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const value = (rawHeaders[at + 1] ?? '').replaceAll(/(?<=[:="])[A-Za-z0-9+/]{40,}={0,2}/g, '…').replaceAll(peer.host, 'far.example');
    if (!LEFT_OUT.has(name)) lines.push(`${name}: ${value}`);
  }
  return [`${method} ${url} HTTP/1.1`, ...lines].join('\n');
}
const seen = (): string[] => peer.seen.map(written);
const forms = (...names: readonly string[]): (string | undefined)[] => names.map((name) => sent.get(name));

const author = { ...testSigner, keyId: 'https://social.example/ap/users/1#main-key' };
const deliver = (extra?: Record<string, string>): Promise<unknown> => client.sender({ ...author, body: '{"type":"Like"}' })(peer.url('/inbox'), extra);

test('a delivery, and the second knock', async () => {
  peer.on('/inbox', (response, { headers }) => void response.writeHead(headers['signature-input'] === undefined ? 401 : 202).end());
  await deliver();
  expect(seen()).toEqual(forms('draft-cavage POST', 'RFC 9421 POST'));
});

test('a delivery as it is asked for', async () => {
  peer.on('/inbox', (response, { headers }) => void (headers['signature-input'] === undefined ? response.writeHead(401, { 'accept-signature': WISH }) : response.writeHead(202)).end());
  await deliver();
  expect(seen()).toEqual(forms('draft-cavage POST', 'RFC 9421 POST as asked'));
});

test('a delivery with what only its host is told', async () => {
  peer.on('/inbox', (response, { headers }) => void response.writeHead(headers['signature-input'] === undefined ? 401 : 202).end());
  await deliver({ 'collection-synchronization': SYNC });
  expect(seen()).toEqual(forms('draft-cavage POST for followers', 'RFC 9421 POST for followers'));
});

test('a fetch, and the second knock', async () => {
  peer.on('/users/bob', (response, { headers }) => void response.writeHead(headers['signature-input'] === undefined ? 401 : 404).end());
  await client.fetchObject(peer.url('/users/bob'), { signAs: { ...testSigner, keyId: 'https://social.example/actor#main-key' } });
  expect(seen()).toEqual(forms('draft-cavage GET', 'RFC 9421 GET'));
});

test('each form that is said to be sent is sent', () => {
  expect(sent.size).toBe(7);
});
