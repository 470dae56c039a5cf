import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Body, Controller, Get, Headers, HttpCode, Inject, Module, Param, Post, Query, Req } from '@nestjs/common';
import { AppError, unprocessable } from '@trunkline/kernel';
import {
  createLogger,
  currentTraceparent,
  LOGGER,
  PostOk,
  startService,
  Uploads,
  type Logger,
  type RunningService,
  type StartOptions,
} from '@trunkline/platform';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { exampleSettings } from './example-env.js';

/** Requests that wait here until the test lets them go. */
class Gate {
  private open: () => void = () => undefined;
  readonly passed = new Promise<void>((resolve) => (this.open = resolve));
  waiting = 0;

  release(): void {
    this.open();
  }
}
let gate = new Gate();

@Controller()
class TrialController {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  @PostOk('api/v1/echo')
  echo(@Body() body: unknown, @Query() query: unknown): unknown {
    return { body, query };
  }

  @PostOk('api/v1/trace')
  async trace(): Promise<unknown> {
    await new Promise((resolve) => setImmediate(resolve));
    this.logger.info({ event: 'inside' }, 'inside');
    return { traceparent: currentTraceparent() };
  }

  @Post('inbox')
  @HttpCode(202)
  inbox(@Req() request: FastifyRequest): unknown {
    return { raw: request.rawBody?.toString('base64') ?? null };
  }

  @PostOk('api/v1/files')
  @Uploads({ filesMax: 1, fileBytesMax: 1_000 })
  files(@Req() request: FastifyRequest): unknown {
    return { body: request.body, uploads: request.uploads.map(({ field, filename, bytes }) => ({ field, filename, bytes: bytes.length })) };
  }

  @Get('api/v1/slow')
  async slow(): Promise<unknown> {
    gate.waiting += 1;
    await gate.passed;
    return { slow: true };
  }

  @Get('api/v1/things/:id')
  thing(@Param('id') id: string, @Req() request: FastifyRequest, @Headers('cookie') cookie?: string): unknown {
    return { id, ip: request.ip, cookies: cookie === undefined ? {} : request.cookies };
  }

  @Get('api/v1/fails/:how')
  fails(@Param('how') how: string): never {
    if (how === 'app') throw unprocessable('Validation failed', { details: { text: [] } });
    if (how === 'busy') throw new AppError(503, 'busy', 'Service temporarily unavailable', { retryAfterSeconds: 7 });
    throw new Error('secret inner reason');
  }
}

@Module({ controllers: [TrialController] })
class TrialModule {}

const running: RunningService[] = [];
const lines: string[] = [];
afterEach(async () => {
  gate.release();
  for (const service of running.splice(0)) await service.stop();
  gate = new Gate();
  lines.length = 0;
});

async function start(options: Partial<StartOptions> = {}, env: Record<string, string> = {}): Promise<RunningService> {
  const logger = createLogger({ service: 'trial', level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const service = await startService({ name: 'trial', module: TrialModule, settings: exampleSettings(env), logger, ...options });
  running.push(service);
  return service;
}

const send = (service: RunningService, path: string, init?: RequestInit): Promise<Response> => fetch(`${service.url}${path}`, init);
const postText = (type: string, body: string | Uint8Array<ArrayBuffer>): RequestInit => ({ method: 'POST', headers: { 'Content-Type': type }, body });

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
    const inside = lines.map((line) => JSON.parse(line) as Record<string, unknown>).find((line) => line.event === 'inside');
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
    expect(lines.length).toBeGreaterThan(8);
    expect(lines.join('')).not.toContain(secret);
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

describe('probes', () => {
  test('both ports answer them; a failing check makes the service not ready but leaves it alive', async () => {
    const service = await start();
    let down = false;
    service.parts.health.register('readiness', 'postgres', async () => {
      if (down) throw new Error('down');
    });
    for (const base of [service.url, service.metricsUrl]) {
      for (const path of ['/livez', '/readyz', '/startupz']) expect((await fetch(`${base}${path}`)).status).toBe(200);
    }
    down = true;
    await new Promise((resolve) => setTimeout(resolve, 550));
    const answer = await fetch(`${service.url}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([503, { ok: false, checks: { postgres: 'failed' } }]);
    expect((await fetch(`${service.metricsUrl}/livez`)).status).toBe(200);
  });

  test('two services run side by side in one process and stop apart', async () => {
    const [a, b] = [await start(), await start({ name: 'other' })];
    await a.stop();
    await expect(fetch(`${a.url}/livez`)).rejects.toThrow();
    expect((await fetch(`${b.url}/readyz`)).status).toBe(200);
  });

  test('a start that fails leaves nothing open', async () => {
    const first = await start();
    const ended: string[] = [];
    const settings = exampleSettings({ PORT: String(first.port) });
    const failing = startService({
      name: 'twin',
      module: TrialModule,
      settings,
      logger: createLogger({ service: 'twin', level: 'silent' }),
      prepare: (_app, { shutdown }) => shutdown.register('end-pools', 'pool', () => void ended.push('pool')),
    });
    await expect(failing).rejects.toThrow('EADDRINUSE');
    expect(ended).toEqual(['pool']);
  });
});

describe('stopping', () => {
  test('a keep-alive client under load meets no reset and is sent away with Connection: close', async () => {
    const service = await start({}, { SHUTDOWN_LINGER_MS: '2000' });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const seen: { status: number; connection: string | undefined }[] = [];
    const errors: string[] = [];
    let stopped = false;
    const client = async (): Promise<void> => {
      while (!stopped) {
        try {
          const answer = await get(agent, `${service.url}/api/v1/things/1`);
          seen.push({ status: answer.statusCode ?? 0, connection: answer.headers.connection });
        } catch (error) {
          // Once nobody listens any more a new connection is refused: the balancer has other servers.
          const code = (error as NodeJS.ErrnoException).code ?? String(error);
          if (code === 'ECONNREFUSED') return;
          errors.push(code);
        }
      }
    };
    const clients = Array.from({ length: 8 }, client);
    await until(() => seen.length > 200);
    const report = await service.stop();
    stopped = true;
    await Promise.all(clients);
    agent.destroy();
    expect(errors).toEqual([]);
    expect(report).toMatchObject({ drained: true, failures: [] });
    expect(seen.every(({ status }) => status === 200)).toBe(true);
    expect(seen.filter(({ connection }) => connection === 'close').length).toBeGreaterThanOrEqual(8);
  });

  test('a request in flight is answered; not ready but alive meanwhile; pools end last', async () => {
    const order: string[] = [];
    const service = await start(
      {
        prepare: (_app, { shutdown }) => {
          shutdown.register('end-pools', 'postgres', () => void order.push('end-pools'));
          shutdown.register('stop-consuming', 'jobs', () => void order.push('stop-consuming'));
          shutdown.register('drain-broker', 'nats', () => void order.push('drain-broker'));
        },
      },
      { SHUTDOWN_PROBE_MS: '100' },
    );
    const slow = send(service, '/api/v1/slow').then(async (answer) => {
      order.push('answered');
      return [answer.status, await answer.json()];
    });
    await until(() => gate.waiting === 1);
    const stop = service.stop();
    expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${service.metricsUrl}/livez`)).status).toBe(200);
    await until(() => order.includes('stop-consuming'));
    gate.release();
    expect(await slow).toEqual([200, { slow: true }]);
    expect(await stop).toMatchObject({ drained: true });
    expect(order).toEqual(['stop-consuming', 'answered', 'drain-broker', 'end-pools']);
  });

  test('a request that never ends is cut off at the deadline', async () => {
    const service = await start({}, { SHUTDOWN_DEADLINE_MS: '300' });
    const slow = send(service, '/api/v1/slow').catch(() => 'cut');
    await until(() => gate.waiting === 1);
    expect(await service.stop()).toMatchObject({ drained: false, unfinished: ['http'] });
    expect(await slow).toBe('cut');
  });
});

function formOf(fields: readonly [string, string][], file?: Blob): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  if (file !== undefined) form.append('file', file, '../a.png');
  return form;
}

function get(agent: Agent, url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { agent }, (answer) => answer.on('end', () => resolve(answer)).on('error', reject).resume())
      .on('error', reject)
      .end();
  });
}

/** Waits for what the server does by itself, at most five seconds. */
async function until(isSo: () => boolean): Promise<void> {
  const untilMs = performance.now() + 5_000;
  while (!isSo()) {
    if (performance.now() > untilMs) throw new Error('it did not happen within 5 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
