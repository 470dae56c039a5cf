import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ALL_SCOPES, ROUTES, type Route } from '@trunkline/mastodon-api';
import { startTestServer, type TestPerson, type TestServer } from '../src/index.js';
import { ask, filled, named, tokenWith, type Seen } from './api-caller.js';

jest.setTimeout(90_000);

let server: TestServer;
let owner: TestPerson;
let token: string;

beforeAll(async () => {
  server = await startTestServer();
  owner = await server.person('owner', { role: 'Owner' });
  token = await tokenWith(server, owner, ALL_SCOPES);
});
afterAll(async () => server?.stop());

/** Every name that some route reads. */
const NAMES = (
  'acct account_id all any by_domain category client_id client_name client_secret code code_verifier comment default_language display_name domain ' +
  'duration email exclude_types fields_attributes grant_type home id ids in_reply_to_id language languages last_read_id limit list locale locked max_id ' +
  'media_ids min_id name none note notifications notify offset origin password poll private_comment public_comment q quoted_status_id reason ' +
  'reblogs redirect_uri redirect_uris report_id resolve rule_ids scheduled_at scope scopes sensitive severity since_id source spoiler_text status ' +
  'status_ids tag tagged target_account_id text timeline token type types username visibility website'
).split(' ');

/** Of what no client means well with. NUL is text to JSON and none to Postgres; lone surrogates are none to UTF-8. */
const VALUES: readonly unknown[] = [
  'nul \u0000 byte',
  'lone \ud800 surrogate',
  "' OR 1=1; --",
  '%_\\',
  '((((((((((',
  '9'.repeat(40),
  -1,
  1e308,
  true,
  null,
  [],
  {},
  [null, {}, [], 'x', '\u0000'],
  { 0: 'x', length: 1e9, last_read_id: '\u0000' },
  { toString: 'x', constructor: 1 },
  'x'.repeat(20_000),
];

const isQuiet = ({ status, body }: Seen): boolean =>
  status < 500 && !/node_modules|QueryFailed|syntax error|invalid byte|TypeError| at .*\.ts/.test(JSON.stringify(body));
// Streams stay open.
const walked = ROUTES.filter(({ path }) => !path.startsWith('/api/v1/streaming'));
const routes = walked.map((route): [string, Route] => [named(route), route]);

test.each(routes)('%s: whatever is sent, no failure of ours', async (_, route) => {
  // A new one each time: a row of the table deletes it.
  const { id } = await owner.api.post<{ id: string }>('/api/v1/statuses', { status: 'A post #trains' });
  const path = filled(route, route.path.startsWith('/api/v1/accounts') ? owner.account.id : id);
  for (const value of VALUES) {
    const everything = Object.fromEntries(NAMES.map((name) => [name, value]));
    if (route.method !== 'GET') {
      const seen = await ask(server, route.method, path, { token, json: everything });
      expect([value, seen.body, isQuiet(seen)]).toEqual([value, seen.body, true]);
    }
    if (typeof value !== 'string' || value.length > 1_000) continue;
    const query = NAMES.map((name) => `${name}=${encodeURIComponent(value.toWellFormed())}&${name}[]=${encodeURIComponent(value.toWellFormed())}`).join('&').slice(0, 12_000);
    const seen = await ask(server, route.method, `${path}?${query.replace(/&[^&]*$/, '')}`, { token });
    expect([value, seen.body, isQuiet(seen)]).toEqual([value, seen.body, true]);
  }
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 5_000);

/** One bad field among good ones gets past the checks that stop a request made of rubbish. */
const GOOD: readonly (readonly [method: string, path: string, body: Readonly<Record<string, unknown>>])[] = [
  ['POST', '/api/v1/statuses', { status: 'Fine', spoiler_text: '', language: 'en', in_reply_to_id: null, visibility: 'public', sensitive: false, media_ids: [], idempotency: 1 }],
  ['PATCH', '/api/v1/accounts/update_credentials', { display_name: 'Owner', note: 'Fine', locked: false, bot: false, fields_attributes: [{ name: 'a', value: 'b' }], source: { privacy: 'public', language: 'en', sensitive: false } }],
  ['POST', '/api/v1/apps', { client_name: 'Fine', redirect_uris: 'https://app.example/cb', scopes: 'read', website: 'https://app.example' }],
  ['POST', '/api/v1/markers', { home: { last_read_id: '1' }, notifications: { last_read_id: '1' } }],
  ['POST', '/api/v1/admin/domain_blocks', { domain: 'x.example', severity: 'noop', private_comment: 'a', public_comment: 'b', obfuscate: true }],
  ['GET', '/api/v2/search', { q: 'fine', type: 'accounts', resolve: '', limit: '3', offset: '0', account_id: '', max_id: '', min_id: '' }],
  ['GET', '/api/v1/accounts/search', { q: 'fine', limit: '3', resolve: '', following: '' }],
  ['GET', '/api/v1/accounts/lookup', { acct: 'owner' }],
  ['GET', '/api/v1/timelines/tag/trains', { limit: '3', max_id: '', min_id: '', since_id: '', 'any[]': 'a', 'all[]': 'trains', 'none[]': 'b' }],
  ['GET', '/api/v1/notifications', { limit: '3', max_id: '', min_id: '', since_id: '', 'types[]': 'mention', account_id: '' }],
  ['GET', '/api/v2/admin/accounts', { username: 'o', display_name: '', by_domain: '', email: '', limit: '3', max_id: '' }],
];

describe('one bad field among good ones', () => {
  const cases = GOOD.flatMap(([method, path, good]) => Object.keys(good).map((name): [string, string, string, object] => [method, path, name, good]));
  test.each(cases)('%s %s: %s', async (method, path, name, good) => {
    for (const value of VALUES) {
      const bad = { ...good, [name]: value };
      const query = new URLSearchParams(Object.entries(bad).map(([key, each]): [string, string] => [key, textOf(each)])).toString();
      const seen = method === 'GET' ? await ask(server, 'GET', `${path}?${query}`, { token }) : await ask(server, method, path, { token, json: bad });
      expect([value, seen.body, isQuiet(seen)]).toEqual([value, seen.body, true]);
    }
  });
});

describe('addresses', () => {
  test.each(['%00', '%ff', '%u0000', '..%2f..', "'", '-1', '1e3', '0', '00', ' 1', '18446744073709551616', 'x'.repeat(600), '%F0%9F%9A%82'])('an id like %p is nobody’s', async (id) => {
    for (const path of ['/api/v1/statuses/', '/api/v1/accounts/', '/api/v1/notifications/', '/api/v1/admin/reports/', '/api/v1/admin/domain_blocks/']) {
      const seen = await ask(server, 'GET', path + id, { token });
      expect([path, seen.status >= 400 && seen.status < 500, isQuiet(seen)]).toEqual([path, true, true]);
    }
    expect(isQuiet(await ask(server, 'GET', `/api/v1/timelines/tag/${id}`, { token }))).toBe(true);
    expect(isQuiet(await ask(server, 'GET', `/api/v1/tags/${id}`, { token }))).toBe(true);
  });

  test('a Host or a forwarded host that is not ours gets into no address', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher', forwarded: 'host=evil.example' };
    const pages = ['/api/v2/instance', '/api/v1/timelines/public?limit=1', '/.well-known/oauth-authorization-server', `/api/v1/accounts/${owner.account.id}`];
    for (const path of pages) {
      const seen = await ask(server, 'GET', path, { headers, token });
      expect([path, seen.status, JSON.stringify([seen.body, ...seen.headers]).includes('evil.example')]).toEqual([path, 200, false]);
    }
  });
});

describe('limits of length', () => {
  const refused = async (method: string, path: string, json: object): Promise<number> => (await ask(server, method, path, { token, json })).status;

  test('what is too long is refused, not cut', async () => {
    expect(await refused('POST', '/api/v1/statuses', { status: 'x'.repeat(501) })).toBe(422);
    expect(await refused('PATCH', '/api/v1/accounts/update_credentials', { display_name: 'x'.repeat(5_000) })).toBe(422);
    expect(await refused('PATCH', '/api/v1/accounts/update_credentials', { note: 'x'.repeat(50_000) })).toBe(422);
    expect(await refused('POST', '/api/v1/apps', { client_name: 'x'.repeat(1_000), redirect_uris: 'https://a.example' })).toBe(422);
    expect(await refused('POST', '/api/v1/apps', { client_name: 'x', redirect_uris: 'https://a.example', website: `https://a.example/${'x'.repeat(9_000)}` })).toBe(422);
    expect(await refused('POST', '/api/v1/apps', { client_name: 'x', redirect_uris: 'https://a.example', scopes: 'read '.repeat(10_000) })).toBe(422);
    expect(await refused('POST', '/api/v1/reports', { account_id: owner.account.id, comment: 'x'.repeat(5_000) })).toBe(422);
  });

  test('texts made to be slow are read in no time', async () => {
    for (const status of [`@${'a.-'.repeat(20_000)}`, '#'.repeat(60_000), `https://${'a.'.repeat(30_000)}`, '@a@'.repeat(20_000), '👨‍👩‍👧'.repeat(5_000), ':'.repeat(60_000)]) {
      // The server runs in this process; what others do on the machine does not count.
      const begun = process.cpuUsage();
      expect((await ask(server, 'POST', '/api/v1/statuses', { token, json: { status } })).status).toBe(422);
      const { user, system } = process.cpuUsage(begun);
      expect(user + system).toBeLessThan(1_000_000);
    }
  });
});
