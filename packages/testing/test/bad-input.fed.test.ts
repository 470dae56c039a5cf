import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ScriptedRemote, startTestServer, type JsonObject, type SentAnswer, type Tamper, type TestPerson, type TestServer } from '../src/index.js';
import { ask, expectDecentRefusal, type RawAnswer } from './decency.js';
import { befriend, noteFrom } from './foreign-ties.js';
import { stateOf } from './state-of.js';

jest.setTimeout(90_000);

const MEBIBYTE = 1_048_576;
const HOUR_MS = 3_600_000;

let server: TestServer;
let remote: ScriptedRemote;
let alice: TestPerson;

beforeAll(async () => {
  remote = await ScriptedRemote.start();
  server = await startTestServer({ peers: [remote.host] });
  alice = await server.person('alice');
  // The remote and its key are known: what follows has no reason left to write anything.
  await befriend(server, alice, remote);
});
afterAll(async () => {
  await server?.stop();
  await remote?.stop();
});

const inbox = (): string => `http://${server.domain}/inbox`;
const like = (extra: JsonObject = {}): JsonObject => remote.person.activity('Like', alice.account.uri, extra);

/** Does it, and expects that this leaves every row of every table as it was. */
async function touchesNothing<T>(attempt: () => Promise<T>): Promise<T> {
  await server.settled();
  const before = await stateOf(server);
  const result = await attempt();
  await server.settled();
  expect(await stateOf(server)).toEqual(before);
  return result;
}

async function expectRefused(status: number, attempt: () => Promise<RawAnswer>): Promise<void> {
  const answer = await touchesNothing(attempt);
  expectDecentRefusal(answer);
  expect(answer.status).toBe(status);
}

test('to begin with, what is right is taken', async () => {
  expect((await remote.sendActivity(inbox(), like())).status).toBe(202);
});

describe('signatures', () => {
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  test.each<[string, Tamper]>([
    ['no signature', { unsigned: true }],
    ['a wrong signature', { privateKey: stranger }],
    ['S031 the digest of another body', { digest: 'wrong' }],
    ['S033 no digest', { digest: 'missing' }],
    ['S031 a body changed on the way', { body: (body) => body.replace('Like', 'Bite') }],
    ['an old date', { dateOffsetMs: -13 * HOUR_MS }],
    ['a date to come', { dateOffsetMs: 2 * HOUR_MS }],
    ['S033 Date alone covered', { covered: ['date'] }],
    ['S043 the name of another server', { host: 'other.example' }],
    ['S043 another Host than the signed one', { headers: { Host: 'other.example' } }],
    ['a shared secret', { algorithm: 'hmac-sha256' }],
    ['S040 a key without an address', { keyId: 'acct:rem@somewhere.example' }],
    ['a header signature that is no signature', { headers: { Signature: 'a="b",,,keyId=' } }],
  ])('%s: 401', (_, tamper) => expectRefused(401, () => remote.sendActivity(inbox(), like(), tamper)));

  test('S003 an actor who did not sign: 401', () => expectRefused(401, () => remote.sendActivity(inbox(), like({ actor: `${remote.baseUrl}/users/other` }))));
  test('S007 an id of another server: 401', () => expectRefused(401, () => remote.sendActivity(inbox(), like({ id: 'https://other.example/likes/1' }))));
  test('S012 an actor of ours: 401', () => expectRefused(401, () => remote.sendActivity(inbox(), like({ actor: alice.account.uri, id: `${alice.account.uri}/likes/1` }))));
});

describe('bodies', () => {
  test.each<[string, string, number]>([
    ['no JSON', '{"type":', 400],
    ['nothing', '', 400],
    ['S006 a list', '[{"type":"Like"}]', 400],
    ['null', 'null', 400],
    ['a number', '17', 400],
    ['no type', '{"actor":"https://a.example/"}', 400],
    ['nested deeper than anything real', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 400],
    ['nested objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 400],
    ['S055 a __proto__', '{"type":"Like","__proto__":{"isAdmin":true}}', 400],
    ['S055 a __proto__ in disguise', '{"type":"Like","object":{"\\u005f_proto__":{"isAdmin":true}}}', 400],
    ['over a megabyte', JSON.stringify({ type: 'Create', pad: 'x'.repeat(MEBIBYTE) }), 413],
  ])('%s', async (_, body, status) => {
    await expectRefused(status, () => remote.sendBody(inbox(), body));
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });

  test('over a megabyte without saying so: 413', () => expectRefused(413, () => sendChunks(new URL(inbox()), 'x'.repeat(70_000), 20)));

  // A form of parts is read before the inbox sees it, and this is none.
  test.each([['text/plain', 415], ['text/html', 415], ['application/x-www-form-urlencoded', 415], ['multipart/form-data; boundary=x', 400]])('%s: %i', (type, status) =>
    expectRefused(status, () => remote.sendActivity(inbox(), like(), { headers: { 'Content-Type': type } })),
  );

  test('S076 a compressed bomb: 415', () =>
    expectRefused(415, () => ask(inbox(), { method: 'POST', headers: { 'content-type': 'application/activity+json', 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(50 * MEBIBYTE)) })));

  test('no inbox of anybody: 404', async () => {
    for (const name of ['1', 'shared', '99999999999999999999999', '%00', '..%2f..%2fetc']) await expectRefused(404, () => remote.sendActivity(`${inbox()}/${name}`, like()));
  });

  test.each(['Bite', 'constructor', '__proto__', 'toString', ' Like'])('the unknown type %j: 202, and ignored', async (type) => {
    const answer = await touchesNothing<SentAnswer>(() => remote.sendActivity(inbox(), { ...like(), type }));
    expectDecentRefusal(answer);
    expect(answer.status).toBe(202);
  });
});

describe('routes that are none', () => {
  test.each([
    ['GET', '/api/v1/nonsense', 'application/json'],
    ['GET', '/api/v1/nonsense', 'text/html'],
    ['POST', '/api/v1/nonsense', '*/*'],
    ['DELETE', '/api/v1/instance', '*/*'],
    ['GET', '/nonsense', 'application/json'],
    ['GET', '/ap/users/1', 'application/activity+json'],
    ['GET', '/.well-known/nonsense', '*/*'],
  ])('%s %s for %s: 404 in Mastodon’s form', (method, path, accept) => expectRefused(404, () => ask(`${server.url}${path}`, { method, headers: { accept } })));

  test('a person in a browser gets a page', async () => {
    const answer = await touchesNothing(() => ask(`${server.url}/nonsense/%3Cscript%3E`, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }));
    expect(answer.status).toBe(404);
    expect(answer.headers).toMatchObject({ 'content-type': expect.stringMatching(/^text\/html/), 'x-content-type-options': 'nosniff', 'content-security-policy': expect.stringContaining('default-src') });
    expect(answer.body).not.toContain('<script>');
  });
});

describe('what is no request at all', () => {
  test.each<[string, string, number]>([
    ['not HTTP', 'HELO mail.example\r\n\r\n', 400],
    ['a broken header', 'GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n', 400],
    ['two lengths', 'POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello', 400],
    ['a length and chunks', 'POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['endless headers', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['an endless address', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ])('%s', (_, bytes, status) => expectRefused(status, () => sendBytes(new URL(server.url), bytes)));
});

describe('odd, but taken', () => {
  const contentOf = async ({ id }: { id: string }): Promise<{ content: string; mentions: unknown[] }> => alice.api.get(`/api/v1/statuses/${id}`);

  test('NUL bytes and half characters are left out of what is stored', async () => {
    const fromAfar = await noteFrom(server, remote, 'a\u0000b \ud800 c', { summary: 'w\u0000arning' });
    expect((await contentOf(fromAfar)).content).toMatch(/^<p>ab . c<\/p>$/u);
    const own = await alice.api.post<{ id: string; content: string; spoiler_text: string }>('/api/v1/statuses', { status: 'a\u0000b', spoiler_text: '\u0000' });
    expect(own).toMatchObject({ content: '<p>ab</p>', spoiler_text: '' });
  });

  test('six thousand mentions, five thousand recipients: nobody is told twice, and few are asked for', async () => {
    const mention = (href: string) => ({ type: 'Mention', href, name: '@x' });
    const nobodies = Array.from({ length: 5_900 }, (_, number) => `${remote.baseUrl}/n/${number}`);
    const mentions = [...Array.from({ length: 100 }, () => mention(alice.account.uri)), ...nobodies.map(mention)];
    const before = remote.gets.length;
    for (const extra of [{ tag: mentions }, { cc: [alice.account.uri, ...nobodies.slice(0, 5_000)] }]) {
      const note = await noteFrom(server, remote, 'Hello all', extra);
      expect((await contentOf(note)).mentions.length).toBeLessThanOrEqual(1);
      const told = await alice.api.get<{ status?: { id: string } }[]>('/api/v1/notifications?types[]=mention');
      expect(told.filter(({ status }) => status?.id === note.id).length).toBeLessThanOrEqual(1);
    }
    // A stranger's list of names is no order to fetch thousands of documents.
    expect(remote.gets.length - before).toBeLessThan(100);
  });

  test('names of every object are only names', async () => {
    const note = await noteFrom(server, remote, 'plain', { constructor: { prototype: { isAdmin: true } }, prototype: 1, hasOwnProperty: 'no', contentMap: { constructor: 'x' } });
    expect((await contentOf(note)).content).toBe('<p>plain</p>');
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });

  test('scripts, styles and handlers do not arrive', async () => {
    const note = await noteFrom(server, remote, '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)" onclick=x style="a">l</a><iframe src="//x"></iframe><b>fine</b>');
    expect((await contentOf(note)).content).not.toMatch(/script|onerror|onclick|style=|iframe|<img/i);
  });
});

/** Writes bytes as they are and reads what is answered until the server hangs up. */
function sendBytes(url: URL, bytes: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname);
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n');
      const [first = '', ...lines] = head.split('\r\n');
      const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
      resolve({ status: Number(first.split(' ')[1]), headers, body });
    });
    socket.write(bytes);
  });
}

/** POSTs chunks without a Content-Length. The answer may come before all of it is sent. */
function sendChunks(url: URL, chunk: string, count: number): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/activity+json' } }, (answer) => {
      isAnswered = true;
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => (body += text));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    sent.on('error', (error) => {
      if (!isAnswered) reject(error);
    });
    for (let number = 0; number < count; number += 1) sent.write(chunk);
    sent.end();
  });
}
