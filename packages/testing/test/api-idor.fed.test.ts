import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ALL_SCOPES, ROUTES, type Route } from '@trunkline/mastodon-api';
import { startTestServer, type TestPerson, type TestServer } from '../src/index.js';
import { appTokenWith, ask, filled, named, NO_ID, tokenWith } from './api-caller.js';

jest.setTimeout(90_000);

/** Stands in everything that only alice, or she and carol, may read. */
const SECRET = 'quokka';

let server: TestServer;
let [alice, bob, carol]: [TestPerson, TestPerson, TestPerson] = [] as never;
/** Ids of everything alice has, by what it is. */
let owned: Readonly<Record<string, string>>;
let openIds: readonly string[];
let before: string;
/** Of everything that bob and strangers were told. */
const told: string[] = [];

beforeAll(async () => {
  server = await startTestServer();
  [alice, bob, carol] = [await server.person('alice', { locked: true }), await server.person('bob'), await server.person('carol')];
  owned = await aliceHasMuch();
  openIds = [alice.account.id, owned['public status'] ?? '', owned['unlisted status'] ?? ''];
  await server.settled();
  before = await rowsOfAlice();
});
afterAll(async () => server?.stop());

async function aliceHasMuch(): Promise<Record<string, string>> {
  const { api } = alice;
  const theirs = await carol.api.post<{ id: string }>('/api/v1/statuses', { status: 'A post of carol' });
  const ids: Record<string, string> = { account: alice.account.id };
  for (const visibility of ['public', 'unlisted', 'private', 'direct'] as const) {
    const isOpen = visibility === 'public' || visibility === 'unlisted';
    const status = isOpen ? `@carol hello ${visibility}` : `@carol ${SECRET} ${visibility}`;
    ids[`${visibility} status`] = (await api.post<{ id: string }>('/api/v1/statuses', { status, visibility, spoiler_text: isOpen ? '' : SECRET })).id;
  }
  ids['boost for followers'] = (await api.post<{ id: string }>(`/api/v1/statuses/${theirs.id}/reblog`, { visibility: 'private' })).id;
  await api.post(`/api/v1/statuses/${theirs.id}/favourite`);
  await api.post(`/api/v1/statuses/${theirs.id}/bookmark`);
  await carol.api.post(`/api/v1/accounts/${alice.account.id}/follow`);
  await carol.api.post('/api/v1/statuses', { status: '@alice hello' });
  await api.post('/api/v1/reports', { account_id: carol.account.id, status_ids: [theirs.id], comment: SECRET });
  await server.settled();
  await api.post(`/api/v1/accounts/${carol.account.id}/mute`);
  await api.post('/api/v1/markers', { home: { last_read_id: theirs.id } });
  const { db } = server.backbone;
  const one = async (name: string, sql: string): Promise<void> => {
    const [row] = await db.query<{ id: string }>(sql, [alice.account.id]);
    if (row === undefined) throw new Error(`alice has no ${name}`);
    ids[name] = String(row.id);
  };
  await one('notification', 'SELECT id FROM timeline.notifications WHERE account_id = $1 LIMIT 1');
  await one('favourite', 'SELECT id FROM social.favourites WHERE account_id = $1 LIMIT 1');
  await one('bookmark', 'SELECT id FROM social.bookmarks WHERE account_id = $1 LIMIT 1');
  await one('mute', 'SELECT id FROM social.mutes WHERE account_id = $1 LIMIT 1');
  await one('follow request', 'SELECT id FROM social.follow_requests WHERE target_account_id = $1 LIMIT 1');
  await one('report', 'SELECT id FROM moderation.reports WHERE account_id = $1 LIMIT 1');
  await one('user', 'SELECT id FROM identity.users WHERE account_id = $1 LIMIT 1');
  await one('token', 'SELECT t.id FROM identity.tokens t JOIN identity.users u ON u.id = t.user_id WHERE u.account_id = $1 LIMIT 1');
  await one('app', 'SELECT t.app_id AS id FROM identity.tokens t JOIN identity.users u ON u.id = t.user_id WHERE u.account_id = $1 LIMIT 1');
  return ids;
}

/** Every row that names alice or what is hers, without what bob may well do to her: ask to follow, block, favourite. */
async function rowsOfAlice(): Promise<string> {
  const { db } = server.backbone;
  const tables = await db.query<{ name: string; columns: string[] }>(
    `SELECT c.table_schema || '.' || c.table_name AS name, array_agg(c.column_name::text ORDER BY c.column_name) AS columns
       FROM information_schema.columns c
       JOIN information_schema.tables t USING (table_schema, table_name)
      WHERE c.table_schema IN ('social', 'identity', 'timeline', 'moderation', 'media') AND t.table_type = 'BASE TABLE'
        AND c.table_name NOT LIKE '%\\_stats'
      GROUP BY 1 ORDER BY 1 LIMIT 200`,
  );
  const found: Record<string, unknown> = {};
  for (const { name, columns } of tables) {
    const owners = columns.filter((column) => ['account_id', 'target_account_id', 'user_id'].includes(column));
    if (name === 'social.accounts' || name === 'social.statuses') owners.push('id');
    if (owners.length === 0) continue;
    const rows = await db.query<{ row: string }>(
      `SELECT to_jsonb(t)::text AS row FROM ${name} t
        WHERE (${owners.map((column) => `t.${column}::text = ANY($1::text[])`).join(' OR ')}) LIMIT 1000`,
      [Object.values(owned)],
    );
    found[name] = rows.map(({ row }) => row).filter((row) => !row.includes(bob.account.id)).sort();
  }
  expect(Object.keys(found).length).toBeGreaterThan(10);
  return JSON.stringify(found, null, 1);
}

const withId = ROUTES.filter((route) => route.path.includes(':id'));
/** What a hostile client sends along: every field that some route reads. */
const BODY = {
  status: 'taken over',
  visibility: 'public',
  type: 'suspend',
  severity: 'suspend',
  domain: 'victim.example',
  notify: true,
  reblogs: false,
};

async function tryAs(bearer: string | null, route: Route, id: string): Promise<{ status: number; body: unknown }> {
  const given = route.method === 'GET' ? {} : { json: BODY };
  const seen = await ask(server, route.method, filled(route, id), { token: bearer, ...given });
  told.push(JSON.stringify(seen.body));
  return seen;
}

/** What is there for everybody: alice's profile and what people do to her, her open posts and what readers do with them. */
function isOpenTo(route: Route, id: string): boolean {
  if (!openIds.includes(id)) return false;
  if (route.path.startsWith('/api/v1/accounts/:id')) return id === alice.account.id;
  if (route.path.endsWith('/revoke')) return false;
  return route.path.startsWith('/api/v1/statuses/:id') && id !== alice.account.id && !(['PUT', 'DELETE'].includes(route.method));
}

describe('routes with an id', () => {
  test.each(withId.map((route): [string, Route] => [named(route), route]))('%s gives bob nothing of alice', async (_, route) => {
    const token = await tokenWith(server, bob, ALL_SCOPES);
    for (const [what, id] of Object.entries(owned)) {
      const { status } = await tryAs(token, route, id);
      // Mastodon says why to whoever would pin another's post.
      const fine = isOpenTo(route, id) ? [route.path.endsWith('/pin') ? 422 : 200] : [403, 404];
      expect([what, status, fine.includes(status)]).toEqual([what, status, true]);
    }
  });

  test.each(withId.filter(({ auth }) => auth === 'none' || auth === 'optional').map((route): [string, Route] => [named(route), route]))(
    '%s gives strangers and applications nothing',
    async (_, route) => {
      for (const bearer of [null, await appTokenWith(server, ALL_SCOPES)]) {
        for (const [what, id] of Object.entries(owned)) {
          const { status } = await tryAs(bearer, route, id);
          expect([what, status]).toEqual([what, isOpenTo(route, id) ? 200 : 404]);
        }
      }
    },
  );

  test('what is nobody’s is answered as what is alice’s', async () => {
    const token = await tokenWith(server, bob, ALL_SCOPES);
    for (const route of withId) {
      const [hers, none] = [await tryAs(token, route, owned['direct status'] ?? ''), await tryAs(token, route, NO_ID)];
      expect([named(route), hers.status, hers.body]).toEqual([named(route), none.status, none.body]);
    }
  });
});

describe('ids in bodies and queries', () => {
  const secrets = (): string[] => [owned['private status'] ?? '', owned['direct status'] ?? ''];

  test('nothing hidden is answered, reported, listed or searched for', async () => {
    const token = await tokenWith(server, bob, ALL_SCOPES);
    for (const id of secrets()) {
      const [status] = await server.backbone.store.statusesByIds([id as never]);
      const reply = await ask(server, 'POST', '/api/v1/statuses', { token, json: { status: 'reply', in_reply_to_id: id } });
      const report = await ask(server, 'POST', '/api/v1/reports', { token, json: { account_id: alice.account.id, status_ids: [id] } });
      expect([reply.status, report.status]).toEqual([404, 404]);
      for (const address of [status?.uri ?? '', `${server.url}/@alice/${id}`]) {
        const found = await ask(server, 'GET', `/api/v2/search?resolve=true&q=${encodeURIComponent(address)}`, { token });
        expect(found).toMatchObject({ status: 200, body: { statuses: [] } });
      }
      const many = await ask(server, 'GET', `/api/v1/statuses?id[]=${id}&id[]=${secrets()[0]}`, { token });
      expect(many).toMatchObject({ status: 200, body: [] });
    }
  });

  test('every page that bob can open is free of it', async () => {
    const token = await tokenWith(server, bob, ALL_SCOPES);
    for (const route of ROUTES.filter(({ method, path }) => method === 'GET' && !path.includes(':id') && !path.includes('streaming'))) {
      for (const query of ['', `?account_id=${alice.account.id}&id[]=${alice.account.id}&q=${SECRET}&acct=alice&timeline[]=home&type=statuses`]) {
        told.push(JSON.stringify((await ask(server, 'GET', filled(route) + query, { token })).body));
      }
    }
    expect(told.length).toBeGreaterThan(1_000);
    expect(told.filter((text) => text.replaceAll(`q=${SECRET}`, '').includes(SECRET) || text.includes(alice.email))).toEqual([]);
  });

  test('bob’s own markers and dismissals are not hers', async () => {
    const token = await tokenWith(server, bob, ALL_SCOPES);
    await ask(server, 'POST', '/api/v1/markers', { token, json: { home: { last_read_id: '1' }, account_id: alice.account.id } });
    expect((await ask(server, 'POST', '/api/v1/notifications/clear', { token, json: { account_id: alice.account.id } })).status).toBe(200);
    const profile = await ask(server, 'PATCH', '/api/v1/accounts/update_credentials', { token, json: { id: alice.account.id, display_name: 'Bob' } });
    expect(profile).toMatchObject({ status: 200, body: { id: bob.account.id } });
  });
});

test('tokens are revoked by the application that holds them alone', async () => {
  const { application, clientSecret } = await server.backbone.applications.create({
    id: server.backbone.ids.next(),
    name: 'Thief',
    website: null,
    redirectUris: ['urn:ietf:wg:oauth:2.0:oob'],
    scopes: ['read'],
  });
  const json = { client_id: application.clientId, client_secret: clientSecret, token: alice.token };
  expect((await ask(server, 'POST', '/oauth/revoke', { json })).status).toBe(403);
  expect((await ask(server, 'GET', '/api/v1/accounts/verify_credentials', { token: alice.token })).status).toBe(200);
});

describe('afterwards', () => {
  test('every row of alice is as it was', async () => {
    await server.settled();
    expect(await rowsOfAlice()).toBe(before);
  });

  // Kept lists are asked at reading: what was fanned out, bookmarked or told before does not stay open.
  test('who is a follower no longer reads nothing more, wherever it was kept', async () => {
    await alice.api.post(`/api/v1/follow_requests/${carol.account.id}/authorize`);
    const { id } = await alice.api.post<{ id: string }>('/api/v1/statuses', { status: `${SECRET} for followers`, visibility: 'private' });
    await server.settled();
    const where = ['/api/v1/bookmarks', '/api/v1/favourites', '/api/v1/timelines/home', `/api/v1/accounts/${alice.account.id}/statuses`];
    await carol.api.post(`/api/v1/statuses/${id}/bookmark`);
    await carol.api.post(`/api/v1/statuses/${id}/favourite`);
    const seen = async (): Promise<boolean[]> => Promise.all(where.map(async (path) => JSON.stringify(await carol.api.get(path)).includes(id)));
    expect(await seen()).toEqual([true, true, true, true]);
    await alice.api.post(`/api/v1/accounts/${carol.account.id}/remove_from_followers`);
    expect(await seen()).toEqual([false, false, false, false]);
    const undone = await ask(server, 'POST', `/api/v1/statuses/${id}/unfavourite`, { token: carol.token });
    expect([undone.status, (await ask(server, 'GET', `/api/v1/statuses/${id}`, { token: carol.token })).status]).toEqual([404, 404]);
  });
});
