import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ScriptedRemote, startTestServer, until, type JsonObject, type TestPerson, type TestServer } from '../src/index.js';

jest.setTimeout(120_000);

const AN_HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString();

let rem: ScriptedRemote;
let oth: ScriptedRemote;
let server: TestServer;
let copy: TestServer;
let alice: TestPerson;
beforeAll(async () => {
  [rem, oth] = [await ScriptedRemote.start({ name: 'rem' }), await ScriptedRemote.start({ name: 'oth' })];
  server = await startTestServer({ peers: [rem.host, oth.host] });
  copy = await startTestServer({ sharing: server });
  alice = await server.person('alice');
});
afterAll(async () => {
  await copy.stop();
  await Promise.all([server, rem, oth].map((one) => one.stop()));
});

const old = (extra: JsonObject = {}): JsonObject => ({ published: AN_HOUR_AGO, ...extra });
const serve = (path: string, json: JsonObject): string => {
  const id = rem.baseUrl + path;
  rem.documents.set(id, { '@context': 'https://www.w3.org/ns/activitystreams', id, ...json });
  return id;
};
const asked = (remote: ScriptedRemote, uri: string): number => remote.gets.filter((target) => remote.baseUrl + target === uri).length;
const stored = async (uri: string): Promise<boolean> => (await server.backbone.store.statusesByUris([uri])).length > 0;

async function find(address: string, person = alice): Promise<string> {
  const found = await person.api.get<{ statuses: { id: string }[] }>(`/api/v2/search?resolve=true&type=statuses&q=${encodeURIComponent(address)}`);
  return found.statuses[0]?.id ?? '';
}
/** Opens the thread, waits until all of it was read, and says what stands below. */
async function read(id: string): Promise<string[]> {
  const context = () => alice.api.get<{ descendants: { uri: string }[] }>(`/api/v1/statuses/${id}/context`);
  await context();
  await until('the thread to be read', async () => (await server.backbone.readings.stateOf('thread', id as never))?.state === 'done');
  return (await context()).descendants.map(({ uri }) => uri);
}

type Built = { readonly root: { readonly id: string }; readonly below: readonly { readonly id: string }[] };

/** How each software tells of a thread. `n` keeps their addresses apart. */
const KINDS: Readonly<Record<string, (n: number) => Built>> = {
  /** Own answers inline, those of others on pages that follow. */
  'Mastodon, replies': (n) => {
    const base = `/replies/${n}`;
    const at = (query: string): string => `${rem.baseUrl}${base}${query}`;
    const root = rem.person.note('root', old({ replies: { id: at(''), type: 'Collection', first: { type: 'CollectionPage', partOf: at(''), next: at('?only_other_accounts=true&page=true'), items: [`${rem.baseUrl}/self/${n}`] } } }));
    const own = { ...rem.person.note('own answer', old({ inReplyTo: root.id })), id: `${rem.baseUrl}/self/${n}` };
    rem.documents.set(own.id, own);
    const others = [1, 2, 3].map(() => oth.person.note('answer', old({ inReplyTo: root.id })));
    serve(`${base}?only_other_accounts=true&page=true`, { type: 'CollectionPage', partOf: at(''), next: at('?only_other_accounts=true&min_id=2&page=true'), items: others.slice(0, 2).map(({ id }) => id) });
    serve(`${base}?only_other_accounts=true&min_id=2&page=true`, { type: 'CollectionPage', partOf: at(''), items: others.slice(2).map(({ id }) => id) });
    return { root, below: [own, ...others] };
  },
  /** FEP-7888 and FEP-f228: a plain Collection with an owner, in pages. */
  'Mastodon 4.5, context': (n) => {
    const context = serve(`/contexts/${n}`, { type: 'Collection', attributedTo: rem.person.id, first: { type: 'CollectionPage', partOf: `${rem.baseUrl}/contexts/${n}`, next: `${rem.baseUrl}/contexts/${n}/items?page=2`, items: [] } });
    const root = rem.person.note('root', old({ context, conversation: `tag:${rem.host},2026:objectId=${n}:objectType=Conversation` }));
    const first = oth.person.note('first', old({ context, inReplyTo: root.id }));
    const second = rem.person.note('second', old({ context, inReplyTo: first.id }));
    serve(`/contexts/${n}/items?page=2`, { type: 'CollectionPage', partOf: context, items: [second.id, root.id, first.id] });
    return { root, below: [first, second] };
  },
  /** A topic of a forum: all posts in order, the opening one among them, as ids. */
  'NodeBB, a topic': (n) => {
    const context = `${rem.baseUrl}/topic/${n}`;
    const root = rem.person.note('root', old({ context, name: 'A topic', audience: `${rem.baseUrl}/category/1` }));
    const below = [1, 2, 3].map((post) => rem.person.note(`post ${post}`, old({ context, inReplyTo: root.id })));
    const ids = [root, ...below].map(({ id }) => id);
    serve(`/topic/${n}`, { type: 'OrderedCollection', totalItems: 4, first: `${context}?page=1`, last: `${context}?page=2` });
    serve(`/topic/${n}?page=1`, { type: 'OrderedCollectionPage', partOf: context, orderedItems: ids.slice(0, 2), next: `${context}?page=2` });
    serve(`/topic/${n}?page=2`, { type: 'OrderedCollectionPage', partOf: context, orderedItems: ids.slice(2), prev: `${context}?page=1` });
    return { root, below };
  },
  /** Whole objects in one list: still read at their own ids. */
  'Discourse, a topic with its posts inline': (n) => {
    const context = `${rem.baseUrl}/ap/collection/${n}`;
    const root = rem.person.note('root', old({ context }));
    const below = [rem.person.note('one', old({ context, inReplyTo: root.id })), rem.person.note('two', old({ context, inReplyTo: root.id }))];
    serve(`/ap/collection/${n}`, { type: 'OrderedCollection', totalItems: 3, orderedItems: [root, ...below].map((note) => ({ ...note, content: 'as the list says' })) });
    return { root, below };
  },
  /** A post to a community, whose comments answer each other. */
  'Lemmy and PieFed, a Page': (n) => {
    const context = `${rem.baseUrl}/post/${n}/context`;
    const root = rem.person.note('root', old({ type: 'Page', name: 'A link', context, audience: `${rem.baseUrl}/c/main` }));
    const comment = oth.person.note('comment', old({ context, inReplyTo: root.id, audience: `${rem.baseUrl}/c/main` }));
    const reply = rem.person.note('reply', old({ context, inReplyTo: comment.id }));
    serve(`/post/${n}/context`, { type: 'OrderedCollection', orderedItems: [reply.id, comment.id] });
    return { root, below: [comment, reply] };
  },
  /** FEP-171b: what was done, in containers. */
  'Streams and Hubzilla, activities': (n) => {
    const context = `${rem.baseUrl}/conversation/${n}`;
    const root = rem.person.note('root', old({ context }));
    const below = [rem.person.note('one', old({ context, inReplyTo: root.id })), oth.person.note('two', old({ context, inReplyTo: root.id }))] as const;
    const orderedItems = [rem.person.create(root), rem.person.create(below[0]), rem.person.activity('Add', oth.person.create(below[1]), { target: context })];
    serve(`/conversation/${n}`, { type: 'OrderedCollection', totalItems: 3, orderedItems });
    return { root, below };
  },
};

test.each(Object.keys(KINDS).map((kind, n) => [kind, n] as const))('%s: a thread is read whole, each post at its own id, once', async (kind, n) => {
  const { root, below } = (KINDS[kind] as (n: number) => Built)(n);
  const found = await read(await find(root.id));
  expect(found.sort()).toEqual(below.map(({ id }) => id).sort());
  const texts = await server.backbone.store.statusesByUris(below.map(({ id }) => id));
  expect(texts.filter(({ content }) => content.includes('as the list says'))).toEqual([]);
  for (const { id } of below) expect([id, asked(id.startsWith(rem.baseUrl) ? rem : oth, id)]).toEqual([id, 1]);
});

describe('a thread that a crowd opens', () => {
  test('is read once, whoever asks, in whichever copy', async () => {
    const { root, below } = (KINDS['NodeBB, a topic'] as (n: number) => Built)(77);
    const id = await find(root.id);
    const from = rem.gets.length;
    const ask = { kind: 'thread' as const, subjectId: id as never, coolDownMs: 900_000 };
    // A thousand people, of two copies: what each of them causes once their request is let in.
    const taken = await Promise.all(Array.from({ length: 1_000 }, (_, n) => (n % 2 === 0 ? server : copy).backbone.readings.ask(ask)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect((await read(id)).sort()).toEqual(below.map((post) => post.id).sort());
    expect(rem.gets.slice(from).filter((target) => target.startsWith('/topic/77')).sort()).toEqual(['/topic/77', '/topic/77?page=1', '/topic/77?page=2']);
    expect((await Promise.all(Array.from({ length: 50 }, () => copy.backbone.readings.ask(ask)))).filter(Boolean)).toEqual([]);
  });
});

describe('what is not for all', () => {
  test('is not taken from a list, and what its server shows to us alone is not shown', async () => {
    const context = `${rem.baseUrl}/contexts/private`;
    const root = rem.person.note('root', old({ context }));
    const hidden = [
      rem.person.note('for followers', old({ context, inReplyTo: root.id, to: [rem.person.followers], cc: [] })),
      rem.person.note('for one', old({ context, inReplyTo: root.id, to: [alice.account.uri], cc: [], tag: [{ type: 'Mention', href: alice.account.uri, name: '@alice' }] })),
      rem.person.note('for nobody', old({ context, inReplyTo: root.id, to: [], cc: [] })),
    ];
    const open = rem.person.note('for all', old({ context, inReplyTo: root.id }));
    // Behind what is hidden nothing is looked for: its answers have no place here.
    const behind = rem.person.note('behind it', old({ context, inReplyTo: hidden[0]?.id }));
    serve('/contexts/private', { type: 'OrderedCollection', orderedItems: [root, ...hidden, open, behind].map(({ id }) => id) });
    expect(await read(await find(root.id))).toEqual([open.id]);
    for (const { id } of [...hidden, behind]) expect([id, await stored(id)]).toEqual([id, false]);
  });

  test('a thread that began with a followers-only post is not asked for at its server', async () => {
    const bob = await server.person('bob');
    const follow = await bob.api.get<{ accounts: { id: string }[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(rem.person.handle)}`);
    await bob.api.post(`/api/v1/accounts/${follow.accounts[0]?.id}/follow`);
    const { activity } = await rem.untilPost('a Follow', ({ type }) => type === 'Follow');
    await rem.sendActivity(`http://${server.domain}/inbox`, rem.person.activity('Accept', activity));
    await until('the follow', async () => (await bob.api.get<{ following: boolean }[]>(`/api/v1/accounts/relationships?id[]=${follow.accounts[0]?.id}`))[0]?.following);
    const context = `${rem.baseUrl}/contexts/closed`;
    const root = rem.person.note('among us', old({ context, to: [rem.person.followers], cc: [] }));
    serve('/contexts/closed', { type: 'OrderedCollection', orderedItems: [rem.person.note('an open answer', old({ context, inReplyTo: root.id })).id] });
    await rem.sendActivity(`http://${server.domain}/inbox`, rem.person.create(root));
    const { id } = await until('the post', async () => (await server.backbone.store.statusesByUris([root.id]))[0]);
    await bob.api.get(`/api/v1/statuses/${id}/context`);
    await until('the thread to be read', async () => (await server.backbone.readings.stateOf('thread', id))?.state === 'done');
    expect(asked(rem, context)).toBe(0);
  });
});
