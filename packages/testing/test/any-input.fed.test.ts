import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ROUTES, type Route } from '@trunkline/mastodon-api';
import { startTestServer, type TestPerson, type TestServer } from '../src/index.js';
import { ask, expectDecentRefusal } from './decency.js';

jest.setTimeout(180_000);

/** Every name that any route reads: what one route does not know, it ignores. */
const NAMES = [
  'q', 'acct', 'id', 'id[]', 'limit', 'max_id', 'min_id', 'since_id', 'types[]', 'timeline[]', 'name', 'status', 'spoiler_text', 'visibility', 'language', 'in_reply_to_id', 'media_ids[]', 'domain', 'severity',
  'comment', 'account_id', 'status_ids[]', 'display_name', 'note', 'email', 'username', 'password', 'reason', 'locale', 'type', 'text', 'client_name', 'redirect_uris', 'scopes', 'website', 'client_id',
  'client_secret', 'redirect_uri', 'scope', 'code', 'state', 'token', 'grant_type', 'response_type', 'offset', 'by_domain', 'ip', 'fields_attributes[0][name]', 'home[last_read_id]', 'duration',
];

// What breaks parsers, databases and templates elsewhere.
const VALUES: readonly [string, string][] = [
  ['NUL', 'a\u0000b'],
  ['a half character', '\ud800'],
  ['a number beyond every id', '99999999999999999999999999999999'],
  ['a negative number', '-1'],
  ['no number', '1e309'],
  ['a quote', `'"; DROP TABLE social.statuses; --`],
  ['a pattern', '%_\\%'],
  ['a name of every object', '__proto__'],
  ['a path', '../../../etc/passwd'],
  ['markup', '<script>alert(1)</script>'],
  ['a line end', 'a\r\nX-Injected: yes'],
  ['a right-to-left turn', '\u202egnp.exe'],
  ['a long text', 'é'.repeat(4_000)],
  ['nothing', ''],
];

/** Of each value in a query, so that all of them fit into the 16 KiB of headers that are read. */
const QUERY_CHARS = 40;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

// Streams do not end by themselves; their own tests feed them.
const routes = ROUTES.filter(({ app }) => app !== 'streaming');

/** As a value stands in a path; a half character has no bytes of its own. */
const inPath = (value: string): string => encodeURIComponent(value.toWellFormed());

/** Sends the value in every place of the route. @returns what is wrong with the answer, null when nothing is. */
async function faultOf(person: TestPerson, route: Route, value: string): Promise<string | null> {
  const url = new URL(route.path.replace(/:\w+/g, inPath(value === '' ? ' ' : value.slice(0, 400))), server.url);
  const pairs = NAMES.map((name): [string, string] => [name, route.method === 'GET' ? value.slice(0, QUERY_CHARS) : value]);
  if (route.method === 'GET') url.search = new URLSearchParams(pairs).toString();
  const answer = await ask(url, {
    method: route.method,
    headers: { authorization: `Bearer ${person.token}`, accept: 'application/json', 'content-type': 'application/json' },
    ...(route.method === 'GET' ? {} : { body: JSON.stringify(Object.fromEntries(pairs)) }),
  });
  const named = `${route.method} ${route.path}: ${answer.status}`;
  if (answer.status >= 500 || 'x-injected' in answer.headers) return named;
  if (answer.status < 400 || answer.headers['content-type']?.includes('html') === true) return null;
  try {
    expectDecentRefusal(answer);
    return null;
  } catch (error) {
    return `${named} ${String(error)}`;
  }
}

test.each(VALUES)('%s in every place of every route: never a 5xx, and nothing of the inside', async (_, value) => {
  // Each value has people of its own: nobody may ask three hundred times in five minutes.
  const name = `p${VALUES.findIndex(([, each]) => each === value)}`;
  const [plain, staff] = [await server.person(name), await server.person(`${name}_staff`, { role: 'Owner' })];
  const faults: (string | null)[] = [];
  for (const route of routes) faults.push(await faultOf(route.path.includes('/admin/') ? staff : plain, route, value));
  expect(faults.filter((fault) => fault !== null)).toEqual([]);
});

test('afterwards everything still works', async () => {
  const person = await server.person('last');
  const posted = await person.api.post<{ id: string }>('/api/v1/statuses', { status: 'Still here' });
  await server.settled();
  const home = await person.api.get<{ id: string }[]>('/api/v1/timelines/home');
  expect(home.map(({ id }) => id)).toContain(posted.id);
});
