import { afterEach, expect, test } from '@jest/globals';
import { Agent, createServer, request } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { ReverseProxy } from './reverse-proxy.ts';
import type { Upstream } from './reverse-proxy.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A copy of an app that answers as `listener` says. */
async function copy(listener: RequestListener): Promise<Upstream & { server: Server }> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { server, port: (server.address() as AddressInfo).port, isReady: true };
}

/** A copy that was ready when last asked, and is gone. */
async function deadCopy(): Promise<Upstream> {
  const { server, port } = await copy(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  return { port, isReady: true };
}

async function proxyTo(upstreams: readonly Upstream[], trustsPeer?: (address: string) => boolean): Promise<number> {
  const proxy = new ReverseProxy({ upstreamsOf: () => upstreams, ...(trustsPeer ? { trustsPeer } : {}) });
  await proxy.listen(0, '127.0.0.1');
  closers.unshift(() => proxy.close(0));
  return (proxy.server.address() as AddressInfo).port;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

function ask(port: number, options: { method?: string; path?: string; headers?: Record<string, string>; body?: string; agent?: Agent } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body, ...rest } = options;
    const sent = request({ host: '127.0.0.1', port, ...rest }, (answer) => {
      let text = '';
      answer.on('data', (data: Buffer) => (text += data.toString('utf8')));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const echo: RequestListener = (incoming, response) => {
  let body = '';
  incoming.on('data', (data: Buffer) => (body += data.toString('utf8')));
  incoming.on('end', () => response.end(JSON.stringify({ method: incoming.method, url: incoming.url, headers: incoming.headers, body })));
};

test('method, path, query, Host and body reach the app; who asked is told by X-Forwarded-*', async () => {
  const port = await proxyTo([await copy(echo)]);
  const headers = { host: 'social.example', 'x-forwarded-for': '203.0.113.9', connection: 'x-secret-hop', 'x-secret-hop': '1' };
  const answer = await ask(port, { method: 'POST', path: '/api/v1/statuses?a=1', headers, body: 'status=hi' });
  const seen = JSON.parse(answer.body);
  expect(seen).toMatchObject({ method: 'POST', url: '/api/v1/statuses?a=1', body: 'status=hi' });
  expect(seen.headers).toMatchObject({ host: 'social.example', 'x-forwarded-host': 'social.example', 'x-forwarded-proto': 'http' });
  // A stranger's own claim is dropped, and what he names in Connection is for this hop alone.
  expect(seen.headers['x-forwarded-for']).toBe('127.0.0.1');
  expect(seen.headers['x-secret-hop']).toBeUndefined();
});

test('a proxy that is trusted is believed, and added to', async () => {
  const port = await proxyTo([await copy(echo)], () => true);
  const answer = await ask(port, { headers: { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' } });
  expect(JSON.parse(answer.body).headers).toMatchObject({ 'x-forwarded-for': '203.0.113.9, 127.0.0.1', 'x-forwarded-proto': 'https' });
});

test('copies take turns', async () => {
  const [first, second] = [await copy((_, response) => response.end('1')), await copy((_, response) => response.end('2'))];
  const port = await proxyTo([first, second]);
  const answers = [await ask(port), await ask(port), await ask(port), await ask(port)].map(({ body }) => body);
  expect(answers.filter((body) => body === '1')).toHaveLength(2);
});

// Both orders of the turn, and a request that must not be sent twice: nobody was there to read it.
test.each(['GET', 'POST'])('%s goes to another copy when one refuses the connection', async (method) => {
  const port = await proxyTo([await deadCopy(), await copy(echo)]);
  const body = method === 'POST' ? 'x' : '';
  const answers = [await ask(port, { method, body }), await ask(port, { method, body })];
  expect(answers.map((answer) => [answer.status, JSON.parse(answer.body).body])).toEqual([[200, body], [200, body]]);
});

test('a POST whose copy dies after reading it is not sent again', async () => {
  let requests = 0;
  const dying: RequestListener = (incoming) => {
    requests += 1;
    incoming.socket.destroy();
  };
  const port = await proxyTo([await copy(dying), await copy(dying)]);
  expect((await ask(port, { method: 'POST', body: 'x' })).status).toBe(502);
  expect(requests).toBe(1);
});

test('a GET survives that its kept connection was closed by the app', async () => {
  const app = await copy((_, response) => response.end('ok'));
  const port = await proxyTo([app]);
  expect((await ask(port)).status).toBe(200);
  app.server.closeAllConnections();
  expect((await ask(port)).status).toBe(200);
});

test.each([
  ['none is ready', true],
  ['all refuse', false],
])('503 with Retry-After when %s', async (_, isUnready) => {
  const gone = await deadCopy();
  const port = await proxyTo([isUnready ? { ...gone, isReady: false } : gone]);
  const answer = await ask(port, { method: 'POST', body: 'x' });
  expect([answer.status, answer.headers['retry-after'], JSON.parse(answer.body)]).toEqual([503, '1', { error: 'No copy of this service is ready.' }]);
});

test('an event stream passes on its head and each event at once', async () => {
  const port = await proxyTo([
    await copy((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
    }),
  ]);
  const sent = request({ host: '127.0.0.1', port });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  expect(answer.headers['content-type']).toBe('text/event-stream');
  sent.on('error', () => undefined);
  sent.destroy();
});

test('an answer that comes before the whole body was read arrives', async () => {
  const port = await proxyTo([
    await copy((incoming, response) => {
      incoming.resume();
      response.writeHead(413);
      response.end('too large');
    }),
  ]);
  const answer = await ask(port, { method: 'POST', body: 'x'.repeat(200_000) });
  expect([answer.status, answer.body]).toEqual([413, 'too large']);
});

test('a WebSocket is joined both ways', async () => {
  const app = await copy(() => undefined);
  app.server.on('upgrade', (incoming, socket) => {
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Path: ${incoming.url}\r\n\r\n`);
    socket.on('data', (data: Buffer) => socket.end(`echo ${data.toString('utf8')}`));
  });
  const text = await upgrade(await proxyTo([await deadCopy(), app]), 'hello');
  expect(text).toMatch(/^HTTP\/1\.1 101 .*\r\nX-Path: \/api\/v1\/streaming\?stream=user\r\n\r\necho hello$/s);
});

test('a WebSocket that the app refuses gets the refusal', async () => {
  const app = await copy(() => undefined);
  app.server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno'));
  expect(await upgrade(await proxyTo([app]), '')).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n.*\r\n\r\nno$/s);
});

/** Opens a WebSocket by hand, says `hello` after the answer's head, and returns all that came back. */
async function upgrade(port: number, hello: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /api/v1/streaming?stream=user HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  let text = '';
  socket.on('data', (data: Buffer) => {
    if (text === '' && hello) socket.write(hello);
    text += data.toString('utf8');
  });
  await once(socket, 'close');
  return text;
}
