import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { withBackbone } from '@trunkline/platform';
import { blockAccount, deleteStatus, followAccount, publishStatus } from '@trunkline/social';
import { roomInWindow, startTestServer, until, type TestPerson, type TestServer } from '@trunkline/testing';
import { WebSocket } from 'ws';
import { StreamingModule } from '../src/index.js';

let server: TestServer;
let alice: TestPerson;
let bob: TestPerson;
let carol: TestPerson;
const sockets: WebSocket[] = [];

beforeAll(async () => {
  server = await startTestServer({ service: { name: 'streaming', module: StreamingModule, ...withBackbone({ consumes: false }) } });
  [alice, bob, carol] = [await server.person('alice'), await server.person('bob'), await server.person('carol')];
  await followAccount(server.backbone, bob.account, alice.account);
}, 60_000);
afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await server.stop();
});

const wsUrl = (query: string): string => `${server.url.replace(/^http/, 'ws')}/api/v1/streaming${query}`;

interface Listening {
  readonly socket: WebSocket;
  readonly messages: { stream: string[]; event: string; payload: string; error?: string; status?: number }[];
}

async function listen(query: string, protocols: string[] = []): Promise<Listening> {
  const socket = new WebSocket(wsUrl(query), protocols);
  sockets.push(socket);
  const messages: Listening['messages'] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString('utf8'))));
  await once(socket, 'open');
  return { socket, messages };
}

/** The status with which the server refuses the handshake. */
async function refusal(query: string): Promise<number> {
  const socket = new WebSocket(wsUrl(query));
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

async function post(author: TestPerson, text: string, visibility: 'public' | 'private' = 'public') {
  const draft = { text, spoilerText: '', sensitive: false, visibility, language: 'en', inReplyToId: null, application: null, idempotencyKey: null };
  const made = await publishStatus(server.backbone, author.account, draft);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}

const announce = (status: Awaited<ReturnType<typeof post>>, tags: string[] = []): void =>
  server.backbone.live.toPublic({ type: 'update', statusId: status.id, authorId: status.accountId, local: true, hasMedia: false, tags });

describe('WebSocket', () => {
  test('opens only so often from one address: 429 with Retry-After before the token is looked at', async () => {
    const from = async (address: string): Promise<{ status: number; retryAfter: string | undefined }> => {
      const socket = new WebSocket(wsUrl('?access_token=nobody'), { headers: { 'X-Forwarded-For': address } });
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number; headers: Record<string, string>; resume(): void }];
      response.resume();
      return { status: response.statusCode, retryAfter: response.headers['retry-after'] };
    };
    const rule = { limit: 300, windowSeconds: 300 };
    await roomInWindow(server, rule.windowSeconds, 15);
    await from('203.0.113.7');
    // What came before, of a crowd that a test need not open.
    for (let hits = 0; hits < rule.limit; hits += 1) await server.backbone.rates.hit('streams:203.0.113.7', rule.limit, rule.windowSeconds);
    const refused = await from('203.0.113.7');
    expect(refused.status).toBe(429);
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect((await from('203.0.113.8')).status).toBe(401);
  });

  test('carries what the home timeline would show, rendered for its reader', async () => {
    const { messages } = await listen(`?access_token=${bob.token}&stream=user`);
    const status = await post(alice, 'hello <b>', 'private');
    server.backbone.live.toUsers([bob.account.id], { type: 'update', statusId: status.id });
    await until('the post', () => messages.length === 1);
    expect(messages[0]).toMatchObject({ stream: ['user'], event: 'update' });
    const payload = JSON.parse(messages[0]?.payload ?? '') as Record<string, unknown>;
    expect(payload).toMatchObject({ id: status.id, content: '<p>hello &lt;b&gt;</p>', favourited: false, account: { acct: 'alice' } });
  });

  test('one message for the followers of an author reaches those who follow, and nobody who was told by name', async () => {
    const [{ messages }, stranger] = [await listen(`?access_token=${bob.token}&stream=user`), await listen(`?access_token=${carol.token}&stream=user`)];
    const { live } = server.backbone;
    const status = await post(alice, 'to all of you', 'private');
    live.toFollowers(alice.account.id, [bob.account.id], { type: 'update', statusId: status.id });
    for (const type of ['update', 'status.update', 'delete'] as const) live.toFollowers(alice.account.id, [], { type, statusId: status.id });
    live.toUsers([carol.account.id], { type: 'delete', statusId: status.id });
    await until('all of them', () => messages.length === 3 && stranger.messages.length === 1);
    expect(messages.map(({ event }) => event)).toEqual(['update', 'status.update', 'delete']);
    expect(stranger.messages).toMatchObject([{ event: 'delete' }]);
  });

  test('drops what the reader may not see, then goes on in order', async () => {
    const { messages } = await listen(`?access_token=${carol.token}&stream=user`);
    const secret = await post(alice, 'followers only', 'private');
    server.backbone.live.toUsers([carol.account.id], { type: 'update', statusId: secret.id });
    server.backbone.live.toUsers([carol.account.id], { type: 'delete', statusId: secret.id });
    await until('the deletion', () => messages.length === 1);
    expect(messages).toEqual([{ stream: ['user'], event: 'delete', payload: secret.id }]);
  });

  test('takes the token as protocol, echoes it, and multiplexes', async () => {
    const { socket, messages } = await listen('', [bob.token]);
    expect(socket.protocol).toBe(bob.token);
    socket.send(JSON.stringify({ type: 'subscribe', stream: 'hashtag', tag: 'Cats' }));
    socket.send(JSON.stringify({ type: 'subscribe', stream: 'public:local' }));
    socket.send(JSON.stringify({ type: 'subscribe', stream: 'nonsense' }));
    await until('the refusal, which answers the last request', () => messages.length === 1);
    expect(messages.shift()).toEqual({ error: 'Unknown channel type', status: 400 });
    const status = await post(alice, 'my #cats');
    announce(status, ['cats']);
    await until('both', () => messages.length === 2);
    expect(messages.map(({ stream, event }) => ({ stream, event }))).toEqual([
      { stream: ['hashtag', 'Cats'], event: 'update' },
      { stream: ['public:local'], event: 'update' },
    ]);
    // Public streams show nobody's own marks, as Mastodon's do.
    expect(JSON.parse(messages[0]?.payload ?? '')).not.toHaveProperty('favourited');
    socket.send(JSON.stringify({ type: 'unsubscribe', stream: 'public:local' }));
    await deleteStatus(server.backbone, status);
    server.backbone.live.toPublic({ type: 'delete', statusId: status.id, authorId: alice.account.id, local: true, hasMedia: false, tags: [] });
    await until('the deletion', () => messages.length === 3);
    expect(messages[2]).toEqual({ stream: ['hashtag', 'Cats'], event: 'delete', payload: status.id });
  });

  test('a block works on the next message', async () => {
    const eve = await server.person('eve');
    const { messages } = await listen(`?access_token=${eve.token}&stream=public`);
    const status = await post(alice, 'not for eve');
    await blockAccount(server.backbone, alice.account.id, eve.account.id);
    announce(status);
    announce(await post(bob, 'for all'));
    await until('a post', () => messages.length === 1);
    expect(JSON.parse(messages[0]?.payload ?? '')).toMatchObject({ account: { username: 'bob' } });
  });

  test('notifications need their scope, also on the user stream', async () => {
    const narrow = await server.person('dora', { scopes: ['read:statuses'] });
    const [all, some] = [await listen(`?access_token=${bob.token}&stream=user:notification`), await listen(`?access_token=${narrow.token}&stream=user`)];
    const rows = [bob, narrow].map((who) => ({
      id: server.backbone.ids.next(), accountId: who.account.id, type: 'follow' as const, fromAccountId: alice.account.id, statusId: null, reportId: null, fact: `t:${who.account.id}`,
    }));
    for (const row of await server.backbone.notifications.insert(rows)) {
      server.backbone.live.toUsers([row.accountId], { type: 'notification', notificationId: row.id });
      server.backbone.live.toUsers([row.accountId], { type: 'delete', statusId: row.id });
    }
    await until('both', () => all.messages.length === 1 && some.messages.length === 1);
    expect(all.messages[0]).toMatchObject({ stream: ['user:notification'], event: 'notification' });
    expect(JSON.parse(all.messages[0]?.payload ?? '')).toMatchObject({ type: 'follow', account: { username: 'alice' } });
    expect(some.messages[0]?.event).toBe('delete');
    expect(await refusal(`?access_token=${narrow.token}&stream=user:notification`)).toBe(403);
  });

  test('refuses strangers, wrong tokens and unknown streams before the handshake', async () => {
    expect(await refusal('?stream=public')).toBe(401);
    expect(await refusal('?stream=public&access_token=wrong')).toBe(401);
    expect(await refusal(`?stream=nonsense&access_token=${bob.token}`)).toBe(400);
  });

  test('closes when the account’s tokens were ended', async () => {
    const gone = await server.person('gone');
    const { socket } = await listen(`?access_token=${gone.token}&stream=user`);
    server.backbone.live.killed(gone.account.id);
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1008);
  });

  test('a message beyond the limit ends the connection', async () => {
    const { socket } = await listen(`?access_token=${bob.token}`);
    socket.send('x'.repeat(4_097));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
  });

  test('whoever listens gets a home feed for fan-out to reach', async () => {
    const frank = await server.person('frank');
    await listen(`?access_token=${frank.token}&stream=user`);
    await until('the feed', async () => (await server.backbone.feeds.read(frank.account.id)) !== null);
  });

  test('an offer to upgrade to something else is answered as plain HTTP', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET /api/v1/streaming/health HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*OK$/);
  });
});

describe('server-sent events', () => {
  test('the same messages, as text', async () => {
    const abort = new AbortController();
    const response = await fetch(`${server.url}/api/v1/streaming/public/local`, { headers: { authorization: `Bearer ${bob.token}` }, signal: abort.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    let text = '';
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString('utf8');
    })().catch(() => undefined);
    await until('the opening', () => text.startsWith(':)\n'));
    const status = await post(alice, 'over text');
    announce(status);
    await until('the post', () => text.endsWith('\n\n'));
    expect(text).toMatch(new RegExp(`^:\\)\\nevent: update\\ndata: {"id":"${status.id}".*}\\n\\n$`));
    abort.abort();
    await reading;
  });

  test.each([
    ['/api/v1/streaming/user', null, 401],
    ['/api/v1/streaming/hashtag', 'token', 400],
  ])('%s with %s is refused with %i', async (path, who, status) => {
    const headers: Record<string, string> = who === null ? {} : { authorization: `Bearer ${bob.token}` };
    const response = await fetch(server.url + path, { headers });
    await response.body?.cancel();
    expect(response.status).toBe(status);
  });
});

test('tokens that opened streams are known to be over: revoked, or their account suspended', async () => {
  const { tokens, store } = server.backbone;
  const people = [await server.person('fine'), await server.person('signedout'), await server.person('suspended')];
  const found = await Promise.all(people.map(({ token }) => tokens.lookup(token)));
  const ids = found.flatMap((token) => token?.tokenId ?? []);
  expect(await tokens.usable(ids)).toEqual(new Set(ids));
  await tokens.revoke(people[1]?.token ?? '', found[1]?.appId ?? server.backbone.ids.next());
  await store.transaction((tx) => tx.updateAccount(people[2]?.account.id ?? alice.account.id, { suspendedAt: new Date() }));
  expect(await tokens.usable(ids)).toEqual(new Set(ids.slice(0, 1)));
});

test('a stop says goodbye so that clients come back to another copy', async () => {
  const copy = await startTestServer({ sharing: server, service: { name: 'streaming', module: StreamingModule, ...withBackbone({ consumes: false }) } });
  const socket = new WebSocket(`${copy.url.replace(/^http/, 'ws')}/api/v1/streaming?access_token=${bob.token}&stream=user`);
  await once(socket, 'open');
  const response = await fetch(`${copy.url}/api/v1/streaming/user?access_token=${bob.token}`);
  const closed = once(socket, 'close') as Promise<[number]>;
  const [report] = await Promise.all([copy.service.stop(), response.text()]);
  expect((await closed)[0]).toBe(1012);
  expect(report.drained).toBe(true);
});
