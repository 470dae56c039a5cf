import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { MastoHttpError, type mastodon } from 'masto';
import { startTestServer, type TestPerson, type TestServer } from '../src/index.js';
import { EntityWitness } from './entity-witness.js';
import { mastoOf, originOf, signIn } from './masto-session.js';

jest.setTimeout(90_000);

// Two full pages of twenty and a rest.
const POSTS = 45;

let server: TestServer;
let witness: EntityWitness;
let person: TestPerson;
let bob: TestPerson;
let alice: mastodon.rest.Client;
let bobs: mastodon.rest.Client;
let me: mastodon.v1.CredentialAccount;

beforeAll(async () => {
  server = await startTestServer();
  [person, bob] = [await server.person('alice'), await server.person('bob')];
  witness = new EntityWitness(originOf(server));
  const token = await signIn(server, person);
  alice = mastoOf(server, token.accessToken);
  bobs = mastoOf(server, bob.token);
  me = await alice.v1.accounts.verifyCredentials();
});
afterAll(async () => {
  witness?.leave();
  await server?.stop();
});
afterEach(() => witness.sayFaults());

const refusalOf = async (asked: PromiseLike<unknown>): Promise<MastoHttpError> => {
  try {
    await asked;
  } catch (error) {
    if (error instanceof MastoHttpError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

/** All pages, as masto's iterator finds them by their Link headers. */
async function allOf<T extends { id: string }>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

describe('who somebody is', () => {
  test('the token is of the person who signed in', () => {
    expect(me).toMatchObject({ id: person.account.id, username: 'alice', acct: 'alice', source: { privacy: 'public' } });
  });

  test('an app knows itself; a stranger is nobody', async () => {
    expect(await alice.v1.apps.verifyCredentials()).toMatchObject({ name: 'masto.js', website: 'https://masto.test' });
    expect(await refusalOf(mastoOf(server).v1.accounts.verifyCredentials())).toMatchObject({ statusCode: 401 });
    expect(await refusalOf(mastoOf(server, 'nonsense').v1.timelines.home.list())).toMatchObject({ statusCode: 401, message: 'The access token is invalid' });
  });

  test('a profile is changed by a multipart form', async () => {
    await alice.v1.accounts.updateCredentials({ displayName: 'Alice <b>', note: 'I like #trains', fieldsAttributes: [{ name: 'Home', value: 'Rails' }] });
    expect(await bobs.v1.accounts.lookup({ acct: 'alice' })).toMatchObject({ displayName: 'Alice <b>', fields: [{ name: 'Home', value: 'Rails' }] });
  });
});

describe('statuses', () => {
  test.each(['public', 'unlisted', 'private', 'direct'] as const)('%s: written, read again, deleted', async (visibility) => {
    const made = await alice.v1.statuses.create({ status: `A ${visibility} thought`, visibility, language: 'en' });
    expect(made).toMatchObject({ visibility, language: 'en', account: { id: me.id } });
    expect(await alice.v1.statuses.$select(made.id).fetch()).toMatchObject({ id: made.id, content: `<p>A ${visibility} thought</p>` });
    const isOpen = visibility === 'public' || visibility === 'unlisted';
    const seen = bobs.v1.statuses.$select(made.id).fetch();
    if (isOpen) expect(await seen).toMatchObject({ id: made.id });
    else expect(await refusalOf(seen)).toMatchObject({ statusCode: 404, message: 'Record not found' });
    expect(await alice.v1.statuses.$select(made.id).remove()).toMatchObject({ id: made.id, text: `A ${visibility} thought` });
    expect(await refusalOf(alice.v1.statuses.$select(made.id).fetch())).toMatchObject({ statusCode: 404 });
  });

  test('a content warning, a mention, a tag and a link', async () => {
    const made = await alice.v1.statuses.create({ status: '@bob see #Rails at https://rails.example/a', spoilerText: 'About trains', sensitive: true });
    expect(made).toMatchObject({ spoilerText: 'About trains', sensitive: true, mentions: [{ acct: 'bob' }], tags: [{ name: 'rails' }] });
    expect(made.content).toContain('href="https://rails.example/a"');
    expect(await alice.v1.statuses.$select(made.id).source.fetch()).toMatchObject({ text: '@bob see #Rails at https://rails.example/a' });
  });

  test('an Idempotency-Key makes one of two', async () => {
    const once = { requestInit: { headers: { 'Idempotency-Key': 'one thought' } } };
    const [first, second] = [await alice.v1.statuses.create({ status: 'Once' }, once), await alice.v1.statuses.create({ status: 'Once' }, once)];
    expect(second.id).toBe(first.id);
  });

  test('too long, or nothing: refused in words', async () => {
    expect(await refusalOf(alice.v1.statuses.create({ status: 'x'.repeat(501) }))).toMatchObject({ statusCode: 422, message: expect.stringContaining('500') });
    expect(await refusalOf(alice.v1.statuses.create({ status: '' }))).toMatchObject({ statusCode: 422, message: expect.stringContaining("can't be blank") });
  });

  test('a thread, from above and from below', async () => {
    const root = await alice.v1.statuses.create({ status: 'Root' });
    const reply = await bobs.v1.statuses.create({ status: '@alice reply', inReplyToId: root.id });
    const leaf = await alice.v1.statuses.create({ status: '@bob leaf', inReplyToId: reply.id });
    expect(reply).toMatchObject({ inReplyToId: root.id, inReplyToAccountId: me.id });
    const below = await alice.v1.statuses.$select(root.id).context.fetch();
    expect([below.ancestors.length, below.descendants.map(({ id }) => id)]).toEqual([0, [reply.id, leaf.id]]);
    const above = await alice.v1.statuses.$select(leaf.id).context.fetch();
    expect([above.ancestors.map(({ id }) => id), above.descendants.length]).toEqual([[root.id, reply.id], 0]);
    expect((await alice.v1.statuses.$select(root.id).fetch()).repliesCount).toBe(1);
  });

  test('an edit keeps its history', async () => {
    const made = await alice.v1.statuses.create({ status: 'First words' });
    const edited = await alice.v1.statuses.$select(made.id).update({ status: 'Better words' });
    expect(edited.editedAt).not.toBeNull();
    const history = await bobs.v1.statuses.$select(made.id).history.list();
    expect(history.map(({ content }) => content)).toEqual(['<p>First words</p>', '<p>Better words</p>']);
  });

  test('favourite, boost and bookmark, and their undo', async () => {
    const made = await alice.v1.statuses.create({ status: 'Like me' });
    const asBob = bobs.v1.statuses.$select(made.id);
    expect(await asBob.favourite()).toMatchObject({ favourited: true, favouritesCount: 1 });
    expect(await asBob.reblog()).toMatchObject({ reblog: { id: made.id, reblogged: true, reblogsCount: 1 } });
    expect(await asBob.bookmark()).toMatchObject({ bookmarked: true });
    expect((await asBob.favouritedBy.list()).map(({ id }) => id)).toEqual([bob.account.id]);
    expect((await asBob.rebloggedBy.list()).map(({ id }) => id)).toEqual([bob.account.id]);
    expect((await bobs.v1.bookmarks.list()).map(({ id }) => id)).toEqual([made.id]);
    expect((await bobs.v1.favourites.list()).map(({ id }) => id)).toEqual([made.id]);
    expect(await asBob.unfavourite()).toMatchObject({ favourited: false });
    expect(await asBob.unreblog()).toMatchObject({ id: made.id, reblogged: false });
    expect(await asBob.unbookmark()).toMatchObject({ bookmarked: false });
    expect(await asBob.fetch()).toMatchObject({ favouritesCount: 0, reblogsCount: 0 });
    expect(await bobs.v1.bookmarks.list()).toEqual([]);
  });
});

describe('following and timelines', () => {
  test('follow, unfollow, and what they are to each other', async () => {
    expect(await bobs.v1.accounts.$select(me.id).follow()).toMatchObject({ following: true, requested: false });
    expect(await alice.v1.accounts.relationships.fetch({ id: [bob.account.id] })).toMatchObject([{ followedBy: true, following: false }]);
    expect((await alice.v1.accounts.$select(me.id).followers.list()).map(({ id }) => id)).toEqual([bob.account.id]);
    expect(await bobs.v1.accounts.$select(me.id).unfollow()).toMatchObject({ following: false });
    expect(await alice.v1.accounts.$select(me.id).followers.list()).toEqual([]);
  });

  test(`${POSTS} posts: each once on the pages of every timeline, forwards and back`, async () => {
    await bobs.v1.accounts.$select(me.id).follow();
    await bobs.v1.timelines.home.list();
    const posted: string[] = [];
    for (let number = 1; number <= POSTS; number += 1) posted.push((await alice.v1.statuses.create({ status: `Car ${number} #train45` })).id);
    await server.settled();
    const wanted = posted.toReversed();
    const tagged = (statuses: mastodon.v1.Status[]): string[] => statuses.filter(({ content }) => content.includes('train45')).map(({ id }) => id);
    expect(tagged(await allOf(bobs.v1.timelines.home.list()))).toEqual(wanted);
    expect(tagged(await allOf(bobs.v1.timelines.public.list({ local: true })))).toEqual(wanted);
    expect(tagged(await allOf(mastoOf(server).v1.timelines.tag.$select('train45').list({ limit: 15 })))).toEqual(wanted);
    expect(tagged(await allOf(bobs.v1.accounts.$select(me.id).statuses.list({ limit: 40 })))).toEqual(wanted);
    const since = bobs.v1.timelines.tag.$select('train45').list({ minId: posted[0] ?? '', limit: 10 }).setDirection('prev');
    expect((await allOf(since)).map(({ id }) => id).toSorted()).toEqual(posted.slice(1).toSorted());
  });

  test('notifications tell what others did, and can be dismissed', async () => {
    await server.settled();
    const told = await allOf(alice.v1.notifications.list({ limit: 2 }));
    expect(told.map(({ type }) => type)).toEqual(expect.arrayContaining(['follow', 'mention']));
    const [first] = told;
    expect(await alice.v1.notifications.$select(first?.id ?? '').fetch()).toMatchObject({ id: first?.id, account: { acct: 'bob' } });
    await alice.v1.notifications.$select(first?.id ?? '').dismiss();
    expect((await alice.v1.notifications.list()).map(({ id }) => id)).not.toContain(first?.id);
    await alice.v1.notifications.clear();
    expect(await alice.v1.notifications.list()).toEqual([]);
  });
});

describe('small things that apps ask for', () => {
  test('markers move forward and are kept', async () => {
    const [latest] = await bobs.v1.timelines.home.list({ limit: 1 });
    await bobs.v1.markers.create({ home: { lastReadId: latest?.id ?? '' } });
    expect(await bobs.v1.markers.fetch({ timeline: ['home', 'notifications'] })).toMatchObject({ home: { lastReadId: latest?.id, version: 1 } });
  });

  test('the server describes itself, old and new', async () => {
    const stranger = mastoOf(server);
    const [v1, v2] = [await stranger.v1.instance.fetch(), await stranger.v2.instance.fetch()];
    expect(v1.uri).toBe(server.domain);
    expect(v2).toMatchObject({ domain: server.domain, configuration: { statuses: { maxCharacters: 500 }, urls: { streaming: `ws://${server.domain}` } } });
    expect(await stranger.v1.customEmojis.list()).toEqual([]);
  });

  test('preferences, and filters that are none yet', async () => {
    expect(await alice.v1.preferences.fetch()).toMatchObject({ 'posting:default:visibility': 'public' });
    expect(await alice.v2.filters.list()).toEqual([]);
  });

  test('search finds people, tags, and a status by its address', async () => {
    expect((await alice.v2.search.list({ q: 'bob', type: 'accounts' })).accounts.map(({ acct }) => acct)).toEqual(['bob']);
    expect((await alice.v2.search.list({ q: '#train45' })).hashtags.map(({ name }) => name)).toEqual(['train45']);
    const made = await alice.v1.statuses.create({ status: 'Find me by my address' });
    const found = await bobs.v2.search.list({ q: made.uri, resolve: true });
    expect(found.statuses.map(({ id }) => id)).toEqual([made.id]);
    expect((await bobs.v1.accounts.search.list({ q: 'ali' })).map(({ acct }) => acct)).toEqual(['alice']);
  });

  test('every kind of entity was looked at', () => {
    expect([...witness.seen.keys()]).toEqual(
      expect.arrayContaining(['CredentialApplication', 'Token', 'CredentialAccount', 'Status', 'Context', 'Relationship', 'Notification', 'Marker', 'Instance', 'V1::Instance', 'Preferences', 'Search', 'StatusEdit', 'StatusSource', 'Account']),
    );
  });
});
