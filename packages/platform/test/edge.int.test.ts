import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { send, start, trial } from './trial-service.js';

const postText = (type: string, body: string): RequestInit => ({ method: 'POST', headers: { 'Content-Type': type }, body });

describe('the HTTP edge', () => {
  test('reads JSON, forms, queries and multipart alike', async () => {
    const service = await start();
    const asked = [
      postText('application/json', '{"media_ids":["1","2"]}'),
      postText('application/x-www-form-urlencoded', 'media_ids[]=1&media_ids[]=2'),
      { method: 'POST', body: formOf([['media_ids[]', '1'], ['media_ids[]', '2']]) },
    ];
    for (const init of asked) {
      const answer = await send(service, '/api/v1/echo?exclude[]=a&exclude[]=b', init);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ body: { media_ids: ['1', '2'] }, query: { exclude: ['a', 'b'] } });
    }
  });

  test('keeps the inbox body byte by byte, for both types of activities', async () => {
    const service = await start();
    const text = '{ "type":"Like",\r\n "x": "é" }';
    for (const type of ['application/activity+json', 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"']) {
      const answer = await send(service, '/inbox', postText(type, text));
      expect(answer.status).toBe(202);
      expect(await answer.json()).toEqual({ raw: Buffer.from(text).toString('base64') });
    }
  });

  test.each([
    ['bad JSON', '/inbox', postText('application/activity+json', '{nope'), 400],
    ['a megabyte and a byte', '/inbox', postText('application/json', `"${'x'.repeat(1_048_575)}"`), 413],
    ['a huge form field', '/api/v1/echo', { method: 'POST', body: formOf([['status', 'x'.repeat(1_048_577)]]) }, 413],
    ['another type', '/inbox', postText('text/plain', 'hello'), 415],
    ['a compressed body', '/inbox', { ...postText('application/json', '{}'), headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' } }, 415],
    ['an unknown route', '/api/v1/nope', {}, 404],
    ['another method', '/inbox', { method: 'GET' }, 404],
    ['a broken address', '/api/v1/%zz', {}, 400],
    ['a broken form', '/api/v1/echo', postText('multipart/form-data; boundary=x', 'no parts at all'), 400],
    ['our fault', '/api/v1/fails/bug', {}, 500],
    ['a known fault', '/api/v1/fails/app', {}, 422],
  ])('%s is answered in Mastodon’s error form', async (_name, path, init, status) => {
    const service = await start();
    const answer = await send(service, path, init as RequestInit);
    expect(answer.status).toBe(status);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ error: expect.any(String) });
    expect(text).not.toMatch(/secret inner reason|\.ts|node_modules|statusCode/);
  });

  test('a body of exactly one megabyte passes', async () => {
    const service = await start();
    expect((await send(service, '/inbox', postText('application/json', `"${'x'.repeat(1_048_574)}"`))).status).toBe(202);
  });

  test('files are taken where a route says so, up to its limits, and dropped elsewhere', async () => {
    const service = await start();
    const withFile = (bytes: number): FormData => formOf([['note', 'hi']], new Blob([new Uint8Array(bytes)]));
    const taken = await send(service, '/api/v1/files', { method: 'POST', body: withFile(1_000) });
    expect(await taken.json()).toEqual({ body: { note: 'hi' }, uploads: [{ field: 'file', filename: 'a.png', bytes: 1_000 }] });
    expect((await send(service, '/api/v1/files', { method: 'POST', body: withFile(1_001) })).status).toBe(413);
    const dropped = await send(service, '/api/v1/echo', { method: 'POST', body: withFile(50_000) });
    expect(await dropped.json()).toEqual({ body: { note: 'hi' }, query: {} });
  });

  test('a person who meets an error gets a page, never with a script', async () => {
    const service = await start();
    const answer = await send(service, '/@nobody<script>', { headers: { Accept: 'text/html,*/*;q=0.8' } });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await answer.text()).toMatch(/^<!doctype html>(?!.*<script)/s);
  });

  test('a pause is asked for with Retry-After', async () => {
    const answer = await send(await start(), '/api/v1/fails/busy');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7']);
  });

  test('every answer carries the security headers and an id', async () => {
    const service = await start();
    for (const path of ['/api/v1/things/1', '/nope', '/api/v1/fails/bug']) {
      const { headers } = await send(service, path, { headers: { 'X-Request-Id': 'proxy-id-12345' } });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-request-id')).toBe('proxy-id-12345');
    }
  });

  test('scripts of any origin may use the API and read its paging, and nothing else', async () => {
    const service = await start();
    const preflight = await send(service, '/api/v1/statuses', {
      method: 'OPTIONS',
      headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,idempotency-key' },
    });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,idempotency-key');
    const refused = await send(service, '/api/v1/nope');
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect(refused.headers.get('access-control-expose-headers')).toContain('X-RateLimit-Reset');
    for (const path of ['/oauth/authorize', '/auth/sign_in', '/inbox']) {
      expect((await send(service, path)).headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('HEAD answers as GET without a body, a slash at the end changes nothing, cookies are read', async () => {
    const service = await start();
    const head = await send(service, '/api/v1/things/1', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const answer = await send(service, '/api/v1/things/1/', { headers: { Cookie: 'a=1; b=2' } });
    expect(await answer.json()).toMatchObject({ id: '1', cookies: { a: '1', b: '2' } });
  });

  test('the client’s address is believed from a trusted proxy only', async () => {
    const headers = { 'X-Forwarded-For': '203.0.113.9' };
    const trusting = await start();
    expect(await (await send(trusting, '/api/v1/things/1', { headers })).json()).toMatchObject({ ip: '203.0.113.9' });
    const wary = await start({}, { TRUSTED_PROXY_IP: '192.0.2.1' });
    expect(await (await send(wary, '/api/v1/things/1', { headers })).json()).toMatchObject({ ip: '127.0.0.1' });
  });

  test('a trace reaches the handler and its log lines, also behind a body', async () => {
    const service = await start();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const init = postText('application/json', '{"a":1}');
    const answer = await send(service, '/api/v1/trace', { ...init, headers: { ...(init.headers as object), traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    expect(await answer.json()).toEqual({ traceparent: expect.stringContaining(traceId) });
    const inside = trial.lines.map((line) => JSON.parse(line) as Record<string, unknown>).find((line) => line.event === 'inside');
    expect(inside).toMatchObject({ trace_id: traceId });
  });

  test('no token, cookie or body reaches the log, whatever happens to the request', async () => {
    const service = await start();
    const secret = 'zK9s3cr3tValue';
    const headers = { Authorization: `Bearer ${secret}`, Cookie: `session=${secret}`, Signature: `keyId="x",signature="${secret}"`, 'Content-Type': 'application/json' };
    for (const path of [`/api/v1/echo?access_token=${secret}`, `/nope/${secret}?token=${secret}`, '/inbox', `/api/v1/fails/bug`]) {
      await send(service, path, { method: 'POST', headers, body: `{"password":"${secret}"` });
      await send(service, path, { headers });
    }
    expect(trial.lines.length).toBeGreaterThan(8);
    expect(trial.lines.join('')).not.toContain(secret);
  });

  test('metrics count by route pattern', async () => {
    const service = await start();
    for (const id of ['1', '2', '3']) await send(service, `/api/v1/things/${id}`);
    await send(service, '/nope/1');
    const text = await (await fetch(`${service.metricsUrl}/metrics`)).text();
    expect(text).toContain('http_server_request_duration_seconds_count{route="/api/v1/things/:id",method="GET",status="200"} 3');
    expect(text).toContain('{route="unmatched",method="GET",status="404"} 1');
  });

  test('a client that drips its headers is let go', async () => {
    const { port, app } = await start();
    expect(app.getHttpServer()).toMatchObject({ headersTimeout: 10_000, requestTimeout: 120_000, maxConnections: 20_000 });
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 431 /);
    socket.destroy();
  });
});

function formOf(fields: readonly [string, string][], file?: Blob): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  if (file !== undefined) form.append('file', file, '../a.png');
  return form;
}
