import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseActor, parseNote } from '@trunkline/activitypub';
import type { Status, Visibility } from '@trunkline/domain';
import { boostStatus, deleteStatus, favouriteStatus, followAccount, publishStatus } from '@trunkline/social';
import { startTestServer, type TestPerson, type TestServer } from '@trunkline/testing';
import { get, outboxService } from './outbox-server.js';

let server: TestServer;
let ann: TestPerson;
let bob: TestPerson;
beforeAll(async () => {
  server = await startTestServer({ service: outboxService() });
  ann = await server.person('ann');
  bob = await server.person('bob');
}, 60_000);
afterAll(() => server.stop());

async function post(text: string, visibility: Visibility = 'public', inReplyToId: Status['id'] | null = null): Promise<Status> {
  const draft = { text, visibility, inReplyToId, spoilerText: '', sensitive: false, language: 'en', application: null, idempotencyKey: null };
  const made = await publishStatus(server.backbone, ann.account, draft);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}

test('WebFinger finds people by handle, id and page, and says 400, 404 and 410 as peers read them', async () => {
  const find = (resource: string) => get(server, `/.well-known/webfinger?resource=${encodeURIComponent(resource)}`, 'application/jrd+json');
  for (const resource of [`acct:ann@${server.domain}`, `acct:ANN@${server.domain.toUpperCase()}`, ann.account.uri, ann.account.url]) {
    const answer = await find(resource);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/jrd\+json/);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.body).toMatchObject({
      subject: `acct:ann@${server.domain}`,
      links: expect.arrayContaining([
        { rel: 'self', type: 'application/activity+json', href: ann.account.uri },
        { rel: 'http://ostatus.org/schema/1.0/subscribe', template: `http://${server.domain}/authorize_interaction?uri={uri}` },
      ]),
    });
  }
  expect((await find(`acct:localhost@${server.domain}`)).body).toMatchObject({ aliases: expect.arrayContaining([`http://${server.domain}/actor`]) });
  expect((await get(server, '/.well-known/webfinger')).status).toBe(400);
  expect((await find('ann')).status).toBe(400);
  expect((await find(`acct:nobody@${server.domain}`)).status).toBe(404);
  expect((await find('acct:ann@elsewhere.example')).status).toBe(404);

  const gone = await server.person('gone');
  await server.backbone.store.transaction((tx) => tx.deleteAccount(gone.account.id));
  expect((await find(`acct:gone@${server.domain}`)).status).toBe(410);
  const tombstone = await get(server, gone.account.uri);
  expect([tombstone.status, tombstone.body]).toEqual([410, expect.objectContaining({ type: 'Tombstone', id: gone.account.uri, publicKey: expect.objectContaining({ owner: gone.account.uri }) })]);
  expect((await get(server, `${gone.account.uri}/outbox`)).status).toBe(410);
});

test('host-meta and NodeInfo in both forms', async () => {
  const xrd = await get(server, '/.well-known/host-meta', '*/*');
  expect(xrd.headers.get('content-type')).toMatch(/^application\/xrd\+xml/);
  expect(xrd.text).toContain('/.well-known/webfinger?resource={uri}');
  expect((await get(server, '/.well-known/host-meta', 'application/json')).body).toMatchObject({ links: [{ rel: 'lrdd' }] });
  const links = (await get(server, '/.well-known/nodeinfo', '*/*')).body as { links: { rel: string; href: string }[] };
  for (const version of ['2.0', '2.1']) {
    const link = links.links.find(({ rel }) => rel.endsWith(`/schema/${version}`));
    const info = await get(server, link?.href ?? '', '*/*');
    expect(info.body).toMatchObject({ version, software: { name: 'trunkline' }, protocols: ['activitypub'], usage: { users: { total: expect.any(Number) } } });
  }
  expect((await get(server, '/nodeinfo/1.0', '*/*')).status).toBe(404);
});

test('actors are documents for servers and pages for people', async () => {
  const answer = await get(server, ann.account.uri);
  expect(answer.headers.get('content-type')).toBe('application/activity+json; charset=utf-8');
  expect(answer.headers.get('vary')).toContain('Accept');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=180');
  expect(parseActor(answer.body)).toMatchObject({ ok: true, value: { username: 'ann', publicKeys: [{ id: `${ann.account.uri}#main-key` }] } });
  expect((await get(server, ann.account.uri)).body['publicKey']).toEqual(answer.body['publicKey']);
  const page = await get(server, ann.account.uri, 'text/html,application/xhtml+xml');
  expect([page.status, page.headers.get('location')]).toEqual([302, ann.account.url]);
  expect((await get(server, '/ap/users/1')).status).toBe(404);
  expect((await get(server, '/ap/users/ann')).status).toBe(404);

  const instance = await get(server, '/actor');
  expect(parseActor(instance.body)).toMatchObject({ ok: true, value: { type: 'Application', inbox: `http://${server.domain}/inbox/actor` } });
  expect((await get(server, '/actor/outbox')).body).toMatchObject({ totalItems: 0 });
});

test('a post as Note and Create; what is not for all is for nobody unsigned; a deleted one is a Tombstone', async () => {
  const parent = await post('hello #World');
  const reply = await post('and more', 'unlisted', parent.id);
  const note = await get(server, parent.uri);
  expect(parseNote(note.body)).toMatchObject({ ok: true, value: { uri: parent.uri, visibility: 'public', hashtags: ['World'] } });
  expect((await get(server, reply.uri)).body).toMatchObject({ inReplyTo: parent.uri, to: [`${ann.account.uri}/followers`] });
  expect((await get(server, `${parent.uri}/activity`)).body).toMatchObject({ type: 'Create', id: `${parent.uri}/activity`, object: { id: parent.uri } });
  expect((await get(server, `${parent.uri}/replies`)).body).toMatchObject({ type: 'Collection', first: { items: [reply.uri] } });
  expect((await get(server, `${parent.uri}/replies?page=true&min_id=${reply.id}`)).body).toMatchObject({ items: [] });
  const page = await get(server, parent.uri, 'text/html');
  expect([page.status, page.headers.get('location')]).toEqual([302, parent.url]);

  for (const visibility of ['private', 'direct'] as const) {
    const hidden = await post('hush', visibility);
    for (const uri of [hidden.uri, `${hidden.uri}/activity`, `${hidden.uri}/replies`]) expect((await get(server, uri)).status).toBe(404);
    expect((await get(server, hidden.uri, 'text/html')).status).toBe(404);
    await deleteStatus(server.backbone, hidden);
    expect((await get(server, hidden.uri)).status).toBe(404);
  }
  await deleteStatus(server.backbone, parent);
  const tombstone = await get(server, parent.uri);
  expect([tombstone.status, tombstone.body['type'], tombstone.body['id']]).toEqual([410, 'Tombstone', parent.uri]);
  expect((await get(server, `${parent.uri}/activity`)).status).toBe(410);
  // Under somebody else's id it does not exist.
  expect((await get(server, reply.uri.replace(ann.account.id, bob.account.id))).status).toBe(404);
});

test('a boost is an Announce and nothing else', async () => {
  const original = await post('boost me');
  const boosted = await boostStatus(server.backbone, bob.account, original.id);
  if (!boosted.ok) throw new Error(boosted.error.code);
  const uri = `${bob.account.uri}/statuses/${boosted.value}`;
  expect((await get(server, uri)).status).toBe(404);
  expect((await get(server, `${uri}/activity`)).body).toMatchObject({ type: 'Announce', object: original.uri, cc: expect.arrayContaining([ann.account.uri]) });
});

test('the outbox pages through public posts alone, in both directions', async () => {
  const cid = await server.person('cid');
  const statuses: Status[] = [];
  for (let n = 0; n < 23; n += 1) {
    const draft = { text: `post ${n}`, visibility: n === 5 ? ('private' as const) : ('public' as const), inReplyToId: null, spoilerText: '', sensitive: false, language: null, application: null, idempotencyKey: null };
    const made = await publishStatus(server.backbone, cid.account, draft);
    if (made.ok) statuses.push(made.value);
  }
  const root = await get(server, `${cid.account.uri}/outbox`);
  expect(root.body).toMatchObject({ type: 'OrderedCollection', totalItems: 23, first: `${cid.account.uri}/outbox?page=true` });
  const seen: string[] = [];
  for (let url: unknown = root.body['first']; typeof url === 'string'; ) {
    const page: Record<string, unknown> = (await get(server, url)).body;
    expect(page).toMatchObject({ type: 'OrderedCollectionPage', partOf: `${cid.account.uri}/outbox` });
    seen.push(...(page['orderedItems'] as { object: { id: string } }[]).map((activity) => activity.object.id));
    url = page['next'];
  }
  const open = statuses.filter((status) => status.visibility === 'public').map((status) => status.uri);
  expect(seen).toEqual([...open].reverse());
  const last = (await get(server, String(root.body['last']))).body['orderedItems'] as { object: { id: string } }[];
  expect(last.map((activity) => activity.object.id)).toEqual(open.slice(0, 20).reverse());
});

test('S139 followers and following count, list, and may be hidden', async () => {
  const followed = await followAccount(server.backbone, bob.account, ann.account);
  expect(followed.ok).toBe(true);
  const list = `${ann.account.uri}/followers`;
  expect((await get(server, list)).body).toMatchObject({ totalItems: 1, first: `${list}?page=true` });
  expect((await get(server, `${list}?page=true`)).body).toMatchObject({ orderedItems: [bob.account.uri] });
  expect((await get(server, `${bob.account.uri}/following?page=true`)).body).toMatchObject({ orderedItems: [ann.account.uri] });
  await server.backbone.store.transaction((tx) => tx.updateAccount(ann.account.id, { hideCollections: true }));
  expect((await get(server, list)).body).not.toHaveProperty('first');
  expect((await get(server, `${list}?page=true`)).status).toBe(404);
  expect((await get(server, `${ann.account.uri}/collections/featured`)).body).toMatchObject({ totalItems: 0, orderedItems: [] });
});

test('a standing Follow and Like can be read, of open posts', async () => {
  const { store } = server.backbone;
  const tie = await store.follow(bob.account.id, ann.account.id);
  expect((await get(server, `${bob.account.uri}/follows/${tie?.id}`)).body).toMatchObject({ type: 'Follow', actor: bob.account.uri, object: ann.account.uri });
  expect((await get(server, `${ann.account.uri}/follows/${tie?.id}`)).status).toBe(404);
  const open = await post('like me');
  const hidden = await post('like me quietly', 'private');
  for (const status of [open, hidden]) await favouriteStatus(server.backbone, bob.account.id, status.id);
  const rows = await server.backbone.db.query<{ id: string; statusId: string }>('SELECT id, status_id AS "statusId" FROM social.favourites WHERE account_id = $1', [bob.account.id]);
  const likeOf = (status: Status) => get(server, `${bob.account.uri}/likes/${rows.find((row) => row.statusId === status.id)?.id}`);
  expect((await likeOf(open)).body).toMatchObject({ type: 'Like', object: open.uri });
  expect((await likeOf(hidden)).status).toBe(404);
});

test('of a suspended account peers learn that and its key, and are never told that it is gone for good', async () => {
  const dan = await server.person('dan');
  await server.backbone.store.transaction((tx) => tx.updateAccount(dan.account.id, { displayName: 'Dan', note: 'buy this' }));
  await server.backbone.store.transaction((tx) => tx.updateAccount(dan.account.id, { suspendedAt: new Date() }));
  const stub = await get(server, dan.account.uri);
  expect([stub.status, stub.body]).toEqual([200, expect.objectContaining({ suspended: true, name: '', summary: '', publicKey: expect.anything() })]);
  for (const path of ['/outbox?page=true', '/followers', '/collections/featured']) expect([path, (await get(server, dan.account.uri + path)).status]).toEqual([path, 403]);
  expect((await get(server, `/.well-known/webfinger?resource=acct:dan@${server.domain}`)).status).toBe(404);
});
