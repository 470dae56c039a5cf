import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ScriptedRemote, startTestServer, until, type JsonObject, type ScriptedPerson, type TestPerson, type TestServer } from '../src/index.js';

jest.setTimeout(120_000);

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const AN_HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString();
/** Beyond what counts as news. */
const A_YEAR_AGO = new Date(Date.now() - 365 * 86_400_000).toISOString();

let rem: ScriptedRemote;
let oth: ScriptedRemote;
let banned: ScriptedRemote;
let server: TestServer;
let copy: TestServer;
let alice: TestPerson;
beforeAll(async () => {
  [rem, oth, banned] = [await ScriptedRemote.start({ name: 'rem' }), await ScriptedRemote.start({ name: 'oth' }), await ScriptedRemote.start({ name: 'ban' })];
  server = await startTestServer({ peers: [rem.host, oth.host, banned.host] });
  copy = await startTestServer({ sharing: server });
  alice = await server.person('alice');
});
afterAll(async () => {
  await copy.stop();
  await Promise.all([server, rem, oth, banned].map((one) => one.stop()));
});

const answerTo = (parent: string, extra: JsonObject = {}): JsonObject => ({ inReplyTo: parent, published: AN_HOUR_AGO, ...extra });
const serve = (remote: ScriptedRemote, path: string, json: JsonObject): string => {
  const id = remote.baseUrl + path;
  remote.documents.set(id, { '@context': 'https://www.w3.org/ns/activitystreams', id, ...json });
  return id;
};
/** `replies` as Mastodon has it: the first page inline, the next at an address. */
const repliesOf = (remote: ScriptedRemote, path: string, inline: readonly string[], paged: readonly string[]): JsonObject => {
  const next = serve(remote, `${path}?page=2`, { type: 'CollectionPage', partOf: remote.baseUrl + path, items: paged });
  return { id: remote.baseUrl + path, type: 'Collection', first: { type: 'CollectionPage', partOf: remote.baseUrl + path, next, items: inline } };
};
const rewrite = (remote: ScriptedRemote, note: JsonObject & { id: string }, extra: JsonObject): void => void remote.documents.set(note.id, { ...note, ...extra });

async function open(person: TestPerson, address: string): Promise<string> {
  const found = await person.api.get<{ statuses: { id: string }[] }>(`/api/v2/search?resolve=true&type=statuses&q=${encodeURIComponent(address)}`);
  const [status] = found.statuses;
  if (status === undefined) throw new Error(`${address} was not found`);
  return status.id;
}
const contextOf = (id: string, person = alice) =>
  person.api.ask<{ ancestors: { uri: string }[]; descendants: { uri: string }[] }>('GET', `/api/v1/statuses/${id}/context`);
const refreshOf = (headers: Headers): string | null => /^id="([^"]+)", retry=\d+, result_count=\d+$/.exec(headers.get('mastodon-async-refresh') ?? '')?.[1] ?? null;
const refreshed = (id: string | null) =>
  until(`${id} to be read`, async () => {
    const { async_refresh: told } = await alice.api.get<{ async_refresh: { status: string; result_count: number } }>(`/api/v1_alpha/async_refreshes/${id}`);
    return told.status === 'finished' ? told : null;
  });
const count = async (uri: string): Promise<number> => (await server.backbone.store.statusesByUris([uri])).length;
const asked = (remote: ScriptedRemote, uri: string): number => remote.gets.filter((target) => remote.baseUrl + target === uri).length;

describe('a thread that somebody opens', () => {
  test('is read by the replies of each post, over hosts, once by all copies, and only what belongs to it', async () => {
    const root = rem.person.note('root', { published: AN_HOUR_AGO });
    const first = rem.person.note('first', answerTo(root.id));
    const second = oth.person.note('second', answerTo(root.id));
    const below = oth.person.note('below', answerTo(second.id));
    const stranger = oth.person.note('advertising', { published: AN_HOUR_AGO });
    const secret = oth.person.note('for followers', answerTo(root.id, { to: [oth.person.followers], cc: [] }));
    const refused = banned.person.note('from a closed server', answerTo(root.id));
    const ended = rem.person.note('ended', answerTo(root.id));
    await server.backbone.store.transaction((tx) => tx.addTombstone(ended.id, rem.person.id));
    const moderator = await server.person('mod', { role: 'Admin' });
    await moderator.api.post('/api/v1/admin/domain_blocks', { domain: banned.host, severity: 'suspend' });
    await until('the rule to hold', () => server.backbone.policy.current().domainRules.length > 0 && copy.backbone.policy.current().domainRules.length > 0);
    rewrite(rem, root, { replies: repliesOf(rem, '/replies/root', [first.id, stranger.id, ended.id], [second.id, secret.id, refused.id]) });
    rewrite(oth, second, { replies: repliesOf(oth, '/replies/second', [below.id], []) });

    const id = await open(alice, root.id);
    const [opened, again] = await Promise.all([contextOf(id), contextOf(id)]);
    expect(opened.body.descendants).toEqual([]);
    expect(refreshOf(opened.headers) ?? refreshOf(again.headers)).toBe(`thread-${id}`);
    expect(await refreshed(`thread-${id}`)).toEqual(expect.objectContaining({ result_count: 3 }));

    const { body, headers } = await contextOf(id);
    expect(body.descendants.map(({ uri }) => uri).sort()).toEqual([first.id, second.id, below.id].sort());
    for (const uri of [stranger.id, secret.id, refused.id, ended.id]) expect([uri, await count(uri)]).toEqual([uri, 0]);
    expect(banned.gets).toEqual([]);
    expect([asked(rem, first.id), asked(oth, second.id), asked(oth, below.id)]).toEqual([1, 1, 1]);
    // Within a quarter of an hour nobody is asked again.
    expect(refreshOf(headers)).toBeNull();
    expect((await contextOf((await server.backbone.store.statusesByUris([below.id]))[0]?.id ?? '')).headers.get('mastodon-async-refresh')).toBeNull();
  });

  test('is read from its own collection where it has one (FEP-7888, FEP-f228), parents after their answers too', async () => {
    const context = serve(rem, '/contexts/7', { type: 'OrderedCollection', totalItems: 3, first: `${rem.baseUrl}/contexts/7?page=1` });
    const root = rem.person.note('root', { published: AN_HOUR_AGO, context });
    const one = oth.person.note('one', answerTo(root.id, { context }));
    const two = rem.person.note('two', answerTo(one.id, { context }));
    serve(rem, '/contexts/7?page=1', { type: 'OrderedCollectionPage', partOf: context, orderedItems: [two.id, root.id, one.id] });
    const id = await open(alice, root.id);
    await refreshed(refreshOf((await contextOf(id)).headers));
    expect((await contextOf(id)).body.descendants.map(({ uri }) => uri)).toEqual([one.id, two.id]);
    // One conversation, by the parents.
    const threads = (await server.backbone.store.statusesByUris([root.id, one.id, two.id])).map(({ conversationId }) => conversationId);
    expect(new Set(threads).size).toBe(1);
  });

  test('is left alone while it is young, for strangers, and where all of it is ours', async () => {
    const young = rem.person.note('just now', { published: new Date().toISOString() });
    expect(refreshOf((await contextOf(await open(alice, young.id))).headers)).toBeNull();
    const old = rem.person.note('an hour ago', { published: AN_HOUR_AGO });
    const id = await open(alice, old.id);
    const stranger = await fetch(`${server.url}/api/v1/statuses/${id}/context`);
    expect([stranger.status, stranger.headers.get('mastodon-async-refresh')]).toEqual([200, null]);
    const own = await alice.api.post<{ id: string }>('/api/v1/statuses', { status: 'hello' });
    expect(refreshOf((await contextOf(own.id)).headers)).toBeNull();
  });

  test('S097 with pages that never end, lead in a ring or to another host costs no more than its limits', async () => {
    const root = rem.person.note('trap', { published: AN_HOUR_AGO });
    rewrite(rem, root, { replies: `${rem.baseUrl}/trap?page=1` });
    rem.generate = (target) => {
      const page = /^\/trap\?page=(\d+)$/.exec(target)?.[1];
      if (page === undefined) return null;
      return { '@context': 'https://www.w3.org/ns/activitystreams', id: rem.baseUrl + target, type: 'CollectionPage', next: `${rem.baseUrl}/trap?page=${Number(page) + 1}`, items: [] };
    };
    const from = rem.gets.length;
    const id = await open(alice, root.id);
    await refreshed(refreshOf((await contextOf(id)).headers));
    expect(rem.gets.slice(from).filter((target) => target.startsWith('/trap')).length).toBe(100);

    const [ring, away] = [rem.person.note('ring', { published: AN_HOUR_AGO }), rem.person.note('away', { published: AN_HOUR_AGO })];
    rewrite(rem, ring, { replies: serve(rem, '/ring', { type: 'Collection', first: `${rem.baseUrl}/ring?page=1` }) });
    serve(rem, '/ring?page=1', { type: 'CollectionPage', next: `${rem.baseUrl}/ring?page=1`, items: [] });
    rewrite(rem, away, { replies: serve(rem, '/away', { type: 'Collection', first: `${oth.baseUrl}/away?page=1` }) });
    for (const uri of [ring.id, away.id]) await refreshed(refreshOf((await contextOf(await open(alice, uri))).headers));
    expect([asked(rem, `${rem.baseUrl}/ring?page=1`), asked(oth, `${oth.baseUrl}/away?page=1`)]).toEqual([1, 0]);
  });

  test('S096 S097 with a list of two thousand costs one host no more than two hundred requests', async () => {
    const root = rem.person.note('crowd', { published: AN_HOUR_AGO });
    rewrite(rem, root, { replies: { type: 'Collection', items: Array.from({ length: 2_000 }, (_, n) => `${rem.baseUrl}/crowd/${n}`) } });
    const from = rem.gets.length;
    await refreshed(refreshOf((await contextOf(await open(alice, root.id))).headers));
    expect(rem.gets.slice(from).filter((target) => target.startsWith('/crowd/')).length).toBeLessThanOrEqual(200);
  });
});

describe('the profile of somebody elsewhere', () => {
  const statusesOf = (id: string, person = alice) => person.api.ask<{ uri: string; created_at: string; reblog: { uri: string } | null }[]>('GET', `/api/v1/accounts/${id}/statuses?limit=40`);
  async function meet(person: ScriptedPerson): Promise<string> {
    const found = await alice.api.get<{ accounts: { id: string }[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(person.handle)}`);
    return found.accounts[0]?.id ?? '';
  }

  test('shows older posts from the outbox, forty at most, says that it is partial, and tells nobody of them', async () => {
    const writer = rem.addPerson('writer');
    const notes = Array.from({ length: 60 }, (_, n) => writer.note(`post ${n}`, { published: new Date(Date.parse(A_YEAR_AGO) + n * 60_000).toISOString() })).reverse();
    const foreign = oth.person.note('boosted', { published: A_YEAR_AGO });
    const hidden = oth.person.note('not for all', { to: [oth.person.followers], cc: [], published: A_YEAR_AGO });
    const secret = writer.note('for followers', { to: [writer.followers], cc: [] });
    const page = (n: number): string => `${writer.id}/outbox?page=${n}`;
    rem.documents.set(`${writer.id}/outbox`, { '@context': 'https://www.w3.org/ns/activitystreams', id: `${writer.id}/outbox`, type: 'OrderedCollection', totalItems: 62, first: page(1) });
    const boost = (uri: string, minute: number) =>
      writer.activity('Announce', uri, { published: new Date(Date.parse(A_YEAR_AGO) + minute * 60_000).toISOString(), to: [PUBLIC], cc: [writer.followers] });
    const boosted = boost(foreign.id, 61);
    const entries: unknown[] = [boosted, boost(hidden.id, 60), writer.create(secret), ...notes.map((note, n) => (n % 3 === 0 ? note.id : writer.create(note)))];
    for (const n of [1, 2, 3, 4, 5, 6]) {
      const orderedItems = entries.slice((n - 1) * 20, n * 20);
      rem.documents.set(page(n), { '@context': 'https://www.w3.org/ns/activitystreams', id: page(n), type: 'OrderedCollectionPage', next: page(n + 1), orderedItems });
    }
    const id = await meet(writer);
    const told = await server.backbone.db.query(`SELECT 1 FROM events.outbox WHERE subject LIKE '%status.published%'`);
    const opened = await statusesOf(id);
    expect(opened.headers.get('trunkline-partial')).toBe('posts; state=reading');
    expect(await refreshed(refreshOf(opened.headers))).toMatchObject({ result_count: 38 });
    const { body, headers } = await statusesOf(id);
    expect(headers.get('trunkline-partial')).toMatch(/^posts; state=read; read-at="20\d\d-.+Z"$/);
    expect(body.map(({ uri }) => uri)).toEqual([boosted.id, ...notes.slice(0, 37).map((note) => note.id)]);
    expect(body[0]?.reblog?.uri).toBe(foreign.id);
    expect([await count(hidden.id), await count(secret.id)]).toEqual([0, 0]);
    expect(await server.backbone.db.query(`SELECT 1 FROM events.outbox WHERE subject LIKE '%status.published%'`)).toHaveLength(told.length);
    expect(refreshOf(headers)).toBeNull();
  });

  test('S001 S097 takes nothing from an outbox that is not its owner’s, and of a lying one nothing at all', async () => {
    const liar = rem.addPerson('liar');
    const other = rem.addPerson('other');
    const [theirs, far] = [other.note('mine'), oth.person.note('mine too')];
    const forged = { ...other.note('x'), content: 'forged', attributedTo: liar.id };
    const outbox = `${liar.id}/outbox`;
    const items = [liar.activity('Create', { ...theirs, content: 'changed' }), liar.activity('Create', { ...far, attributedTo: liar.id }), far.id, { ...forged, id: `${server.url}/ap/users/1/statuses/2` }];
    rem.documents.set(outbox, { '@context': 'https://www.w3.org/ns/activitystreams', id: outbox, type: 'OrderedCollection', first: { type: 'OrderedCollectionPage', next: outbox, orderedItems: items } });
    const opened = await statusesOf(await meet(liar));
    expect(await refreshed(refreshOf(opened.headers))).toMatchObject({ result_count: 0 });
    const [stored] = await server.backbone.store.statusesByUris([theirs.id]);
    expect(stored?.content ?? '').not.toContain('changed');
    expect(await count(far.id)).toBe(0);
    expect(asked(rem, outbox)).toBe(1);
  });

  test('strangers see the mark and cause no reading', async () => {
    const quiet = rem.addPerson('quiet');
    const id = await meet(quiet);
    const answer = await fetch(`${server.url}/api/v1/accounts/${id}/statuses`);
    expect([answer.headers.get('trunkline-partial'), answer.headers.get('mastodon-async-refresh')]).toEqual(['posts; state=unread', null]);
    expect(asked(rem, `${quiet.id}/outbox`)).toBe(0);
    expect((await alice.api.ask('GET', `/api/v1/accounts/${alice.account.id}/statuses`)).headers.get('trunkline-partial')).toBeNull();
  });
});

describe('a thread of ours', () => {
  const json = async (url: string): Promise<JsonObject> => (await (await fetch(url, { headers: { accept: 'application/activity+json' } })).json()) as JsonObject;

  test('has a context that holds what anybody may read of it, and every answer of ours names it', async () => {
    const root = await alice.api.post<{ id: string; uri: string }>('/api/v1/statuses', { status: 'root' });
    const note = await json(root.uri);
    expect(note['context']).toBe(`${root.uri}/context`);
    expect(note['conversation']).toBe(note['context']);
    const answer = oth.person.note('an answer', { inReplyTo: root.uri, to: [PUBLIC], cc: [alice.account.uri] });
    expect((await oth.sendActivity(`http://${server.domain}/inbox`, oth.person.create(answer))).status).toBe(202);
    const found = await until('the answer', async () => (await server.backbone.store.statusesByUris([answer.id]))[0]);
    const below = await alice.api.post<{ id: string; uri: string }>('/api/v1/statuses', { status: 'and mine', in_reply_to_id: found.id });
    await alice.api.post('/api/v1/statuses', { status: 'hidden', in_reply_to_id: found.id, visibility: 'private' });
    expect((await json(below.uri))['context']).toBe(note['context']);

    const context = await json(String(note['context']));
    expect(context).toMatchObject({ type: 'OrderedCollection', attributedTo: alice.account.uri, totalItems: 3 });
    const page = await json(String(context['first']));
    expect(page).toMatchObject({ type: 'OrderedCollectionPage', partOf: note['context'], orderedItems: [root.uri, answer.id, below.uri] });
    expect((await fetch(`${below.uri}/context`, { headers: { accept: 'application/activity+json' } })).status).toBe(404);
  });

  test('that began elsewhere keeps the name that its server gave it', async () => {
    const context = `${rem.baseUrl}/contexts/theirs`;
    const root = rem.person.note('root', { context, published: AN_HOUR_AGO });
    const id = await open(alice, root.id);
    const answer = await alice.api.post<{ uri: string }>('/api/v1/statuses', { status: 'mine', in_reply_to_id: id });
    expect((await json(answer.uri))['context']).toBe(context);
  });
});
