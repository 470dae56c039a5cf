import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { roomInWindow, startTestServer, type TestPerson, type TestServer } from '../src/index.js';
import { appTokenWith, ask, type Ask, type Seen } from './api-caller.js';

jest.setTimeout(90_000);

let server: TestServer;
let alice: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  alice = await server.person('alice');
});
afterAll(async () => server?.stop());

/** As from somewhere else: a proxy on the same machine is trusted, and says who asked. */
const from = (ip: string): Record<string, string> => ({ 'x-forwarded-for': ip });
const post = (given: Ask): Promise<Seen> => ask(server, 'POST', '/api/v1/statuses', { token: alice.token, ...given });

describe('limits', () => {
  // Ten minutes are two of five: where one of five has room, one of ten has.
  beforeAll(() => roomInWindow(server, 300, 30));

  const register = (ip: string): Promise<Seen> =>
    ask(server, 'POST', '/api/v1/apps', { headers: from(ip), json: { client_name: 'One of many', redirect_uris: 'https://app.example/cb' } });

  test('five applications in ten minutes from one address, then 429 in words', async () => {
    for (let left = 4; left >= 0; left -= 1) {
      const { status, headers } = await register('198.51.100.7');
      expect([status, headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual([200, '5', String(left)]);
      expect(Date.parse(headers.get('x-ratelimit-reset') ?? '')).toBeGreaterThan(Date.now());
    }
    const refused = await register('198.51.100.7');
    expect(refused).toMatchObject({ status: 429, body: { error: 'Too many requests' } });
    const wait = Number(refused.headers.get('retry-after'));
    expect([wait > 0, wait <= 600]).toEqual([true, true]);
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
    expect((await register('198.51.100.8')).status).toBe(200);
  });

  test('an address that a client makes up is not believed', async () => {
    const { headers } = await register('203.0.113.1, 198.51.100.7');
    expect(headers.get('x-ratelimit-remaining')).toBe('0');
  });

  test('a person has 300 by a token; a stranger, and whoever tries tokens, 300 by address', async () => {
    const remaining = async (ip: string, token: string | null): Promise<string | null> =>
      (await ask(server, 'GET', '/api/v1/timelines/public', { token, headers: from(ip) })).headers.get('x-ratelimit-remaining');
    expect([await remaining('198.51.100.20', alice.token), await remaining('198.51.100.21', alice.token)]).toEqual(['299', '298']);
    expect([await remaining('198.51.100.22', null), await remaining('198.51.100.22', 'nonsense'), await remaining('198.51.100.22', 'other')]).toEqual(['299', '298', '297']);
    const stopped = await ask(server, 'GET', '/api/v1/timelines/home', { headers: from('198.51.100.22') });
    expect([stopped.status, stopped.headers.get('x-ratelimit-remaining')]).toEqual([401, '296']);
  });
});

describe('caches', () => {
  test.each([
    '/api/v1/timelines/home',
    '/api/v1/timelines/public',
    '/api/v1/accounts/verify_credentials',
    '/api/v1/notifications',
    '/api/v1/statuses/4242',
    '/api/v1/nothing',
    '/api/v1/streaming/user',
  ])('%s is stored by none', async (path) => {
    for (const token of [alice.token, null, 'nonsense']) {
      const { headers } = await ask(server, 'GET', path, { token });
      expect(headers.get('cache-control')).toContain('no-store');
      expect(headers.get('set-cookie')).toBeNull();
    }
  });

  test('what makes or shows a token is stored by none either', async () => {
    const app = { client_name: 'App', redirect_uris: 'https://app.example/cb' };
    expect((await ask(server, 'POST', '/api/v1/apps', { json: app })).headers.get('cache-control')).toContain('no-store');
    expect((await ask(server, 'POST', '/oauth/token', { json: {} })).headers.get('cache-control')).toContain('no-store');
  });
});

describe('other origins', () => {
  test.each([
    ['/api/v1/statuses', 'POST', 'authorization, content-type, idempotency-key'],
    ['/api/v1/statuses/1', 'PUT', 'authorization'],
    ['/api/v1/timelines/home', 'GET', 'authorization'],
    ['/api/v1/admin/accounts', 'GET', 'authorization'],
    ['/oauth/token', 'POST', 'content-type'],
  ])('%s: a preflight for %s is answered', async (path, method, headers) => {
    const seen = await ask(server, 'OPTIONS', path, {
      headers: { origin: 'https://client.example', 'access-control-request-method': method, 'access-control-request-headers': headers },
    });
    expect(seen.status).toBe(200);
    expect(seen.headers.get('access-control-allow-origin')).toBe('*');
    expect(seen.headers.get('access-control-allow-methods')).toContain(method);
    expect(seen.headers.get('access-control-allow-headers')).toBe(headers);
    expect(seen.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('scripts may read answers, refusals and links; pages and consent they may not', async () => {
    const headers = { origin: 'https://client.example' };
    for (const token of [alice.token, null]) {
      const seen = await ask(server, 'GET', '/api/v1/timelines/home', { headers, token });
      expect(seen.headers.get('access-control-allow-origin')).toBe('*');
      expect(seen.headers.get('access-control-expose-headers')).toMatch(/Link.*X-RateLimit-Reset/);
    }
    for (const path of ['/oauth/authorize', '/auth/sign_in', '/auth/sign_up']) {
      expect((await ask(server, 'GET', path, { headers })).headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

test.each(['/api/v1/instance', '/api/v1/timelines/public', '/api/v1/timelines/home', '/api/v1/streaming/user', '/api/v1/streaming/health'])(
  'HEAD %s: as GET, without the body',
  async (path) => {
    expect(await ask(server, 'HEAD', path, { token: alice.token })).toMatchObject({ status: 200, body: '' });
  },
);

describe('bodies', () => {
  const fields = { status: 'A thought & more, ünïcode 🚂', visibility: 'unlisted', spoiler_text: 'cw', sensitive: 'true', language: 'de' };
  const wanted = { spoiler_text: 'cw', visibility: 'unlisted', sensitive: true, language: 'de', content: '<p>A thought &amp; more, ünïcode 🚂</p>' };
  const form = (): FormData => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    return data;
  };

  const forms: [string, () => Promise<Seen>][] = [
    ['JSON', () => post({ json: { ...fields, sensitive: true } })],
    ['JSON with a charset', () => post({ body: JSON.stringify(fields), headers: { 'content-type': 'application/json; charset=UTF-8' } })],
    ['a form', () => post({ body: new URLSearchParams(fields) })],
    ['multipart', () => post({ body: form() })],
    ['a query', () => ask(server, 'POST', `/api/v1/statuses?${new URLSearchParams(fields).toString()}`, { token: alice.token })],
    ['a form with its token in it', () => post({ token: null, body: new URLSearchParams({ ...fields, access_token: alice.token }) })],
  ];
  test.each(forms)('a status as %s', async (_, send) => {
    expect(await send()).toMatchObject({ status: 200, body: wanted });
  });

  test('an app may register and ask for its token by queries, as IceCubes does', async () => {
    const query = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
    const app = await ask(server, 'POST', `/api/v1/apps?${query({ client_name: 'Cubes', redirect_uris: 'cubes://', scopes: 'read' })}`);
    expect(app).toMatchObject({ status: 200, body: { name: 'Cubes', redirect_uri: 'cubes://' } });
    const { client_id = '', client_secret = '' } = app.body as Record<string, string>;
    const asked = query({ grant_type: 'client_credentials', client_id, client_secret });
    expect(await ask(server, 'POST', `/oauth/token?${asked}`)).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'read' } });
    expect(await post({ json: { status: 'of the body' } })).toMatchObject({ status: 200 });
    const both = await ask(server, 'POST', '/api/v1/statuses?status=of+the+query', { token: alice.token, json: { status: 'of the body' } });
    expect(both).toMatchObject({ status: 200, body: { content: '<p>of the body</p>' } });
  });

  test('lists come in any form, and too many or unknown media are refused', async () => {
    for (const body of ['media_ids[]=4242', 'media_ids=4242', 'media_ids[0]=4242']) {
      const seen = await post({ body: `status=x&${body}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
      expect([body, seen.status]).toEqual([body, 422]);
    }
    expect((await post({ json: { status: 'x', media_ids: ['1', '2', '3', '4', '5'] } })).status).toBe(422);
    expect((await post({ json: { status: 'x', media_ids: [] } })).status).toBe(200);
    for (const query of ['id[]=1&id[]=2', 'id=1', 'id[0]=1', 'ids[]=1']) {
      expect((await ask(server, 'GET', `/api/v1/accounts/relationships?${query}`, { token: alice.token })).body).toEqual([]);
    }
  });

  const bad: [string, number, Ask][] = [
    ['broken JSON', 400, { body: '{"status":', headers: { 'content-type': 'application/json' } }],
    ['JSON that is no object', 422, { body: '"hello"', headers: { 'content-type': 'application/json' } }],
    ['a prototype', 400, { body: '{"__proto__":{"status":"x"}}', headers: { 'content-type': 'application/json' } }],
    ['deep JSON', 400, { body: `${'['.repeat(200)}${']'.repeat(200)}`, headers: { 'content-type': 'application/json' } }],
    ['more than a megabyte', 413, { json: { status: 'x'.repeat(1_100_000) } }],
    ['more than a megabyte by multipart', 413, { body: tooMuch() }],
    ['XML', 415, { body: '<status/>', headers: { 'content-type': 'application/xml' } }],
    ['compressed', 415, { body: '{}', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } }],
  ];
  test.each(bad)('%s: %i', async (_, status, given) => {
    const seen = await post(given);
    expect(seen).toMatchObject({ status, body: { error: expect.any(String) } });
    expect(JSON.stringify(seen.body)).not.toMatch(/at \/|node_modules|SyntaxError|Unexpected token/);
  });
});

function tooMuch(): FormData {
  const data = new FormData();
  data.append('status', 'x'.repeat(1_100_000));
  return data;
}

describe('Idempotency-Key', () => {
  const once = (key: string, status: string, token = alice.token): Promise<Seen> => post({ token, json: { status }, headers: { 'idempotency-key': key } });

  test('the same key is the same post, at the same time too', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => once('at once', 'Only once')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(new Set(answers.map(({ body }) => (body as { id: string }).id)).size).toBe(1);
  });

  test('a key is one person’s, and may be long', async () => {
    const bob = await server.person('bob');
    const [hers, his] = [await once('shared', 'Hers'), await once('shared', 'His', bob.token)];
    expect(his).toMatchObject({ status: 200, body: { content: '<p>His</p>' } });
    expect((hers.body as { id: string }).id).not.toBe((his.body as { id: string }).id);
    const long = 'k'.repeat(5_000);
    expect((await once(long, 'Long')).body).toMatchObject({ id: ((await once(long, 'Long')).body as { id: string }).id });
  });
});

describe('OAuth', () => {
  const token = (json: object): Promise<Seen> => ask(server, 'POST', '/oauth/token', { json });
  const register = async (extra: object = {}): Promise<Record<string, string>> =>
    (await ask(server, 'POST', '/api/v1/apps', { json: { client_name: 'App', redirect_uris: 'https://app.example/cb', scopes: 'read', ...extra } })).body as Record<string, string>;

  test('an application gets what it registered for, no more', async () => {
    const { client_id, client_secret } = await register();
    const ask = (more: object): Promise<Seen> => token({ grant_type: 'client_credentials', client_id, client_secret, ...more });
    expect(await ask({ scope: 'read:accounts' })).toMatchObject({ status: 200, body: { scope: 'read:accounts' } });
    for (const scope of ['write', 'read write', 'admin:read', 'nonsense', 'read:accounts+write']) {
      expect(await ask({ scope })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    }
    expect(await ask({ client_secret: 'wrong' })).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await ask({ grant_type: 'password', username: 'alice', password: alice.password })).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', 'https://app.example/cb#x', '/relative', ''])('an address %p is not sent to', async (uri) => {
    const seen = await ask(server, 'POST', '/api/v1/apps', { json: { client_name: 'App', redirect_uris: uri } });
    expect(seen.status).toBe(422);
  });

  test('addresses are compared letter by letter, and nobody is sent on to another', async () => {
    const { client_id } = await register();
    for (const uri of ['https://app.example.evil.example/cb', 'https://app.example/cb/', 'https://app.example/cb?x=1', 'https://app.example:443/cb', 'https://APP.example/cb', 'urn:ietf:wg:oauth:2.0:oob']) {
      const query = new URLSearchParams({ response_type: 'code', client_id: client_id ?? '', redirect_uri: uri });
      const seen = await ask(server, 'GET', `/oauth/authorize?${query.toString()}`);
      expect([uri, seen.status, seen.headers.get('location')]).toEqual([uri, 400, null]);
    }
  });

  test('a form of another origin decides nothing', async () => {
    for (const path of ['/oauth/authorize', '/auth/sign_in', '/auth/sign_up']) {
      const seen = await ask(server, 'POST', path, { headers: { origin: 'https://evil.example' }, body: new URLSearchParams({ decision: 'authorize', email: alice.email, password: alice.password }) });
      expect([path, seen.status >= 400 && seen.status < 500, seen.headers.get('set-cookie')]).toEqual([path, true, null]);
    }
  });
});

test('200 readers and 50 writers at once: nobody meets a failure', async () => {
  const stranger = await appTokenWith(server, ['read']);
  const reads = Array.from({ length: 200 }, (_, n) => ask(server, 'GET', n % 4 === 0 ? '/api/v1/timelines/public' : '/api/v1/timelines/home', { token: n % 4 === 0 ? stranger : alice.token }));
  const writes = Array.from({ length: 50 }, (_, n) => post({ json: { status: `At once ${n}` } }));
  const answers = await Promise.all([...reads, ...writes]);
  expect(answers.filter(({ status }) => status !== 200).map(({ status, body }) => ({ status, body }))).toEqual([]);
  await server.settled();
  const shown = await alice.api.get<{ content: string }[]>('/api/v1/timelines/home?limit=40');
  expect(shown.filter(({ content }) => content.includes('At once')).length).toBe(40);
});
