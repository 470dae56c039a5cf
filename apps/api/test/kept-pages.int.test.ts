import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { StatusId } from '@trunkline/kernel';
import { withBackbone } from '@trunkline/platform';
import { homeTimeline, presentStatuses, publicTimeline, rowReader } from '@trunkline/social';
import { ApiClient, startTestServer, until, type TestPerson, type TestServer } from '@trunkline/testing';
import { ApiModule } from '../src/api.module.js';
import { idsOf, nobody, startApi, type Json } from './api-server.js';

jest.setTimeout(120_000);

const PAGE = { limit: 20, maxId: null, sinceId: null, minId: null };
const HOME = '/api/v1/timelines/home';
const PUBLIC = '/api/v1/timelines/public';

let one: TestServer;
let other: TestServer;
let alice: TestPerson;
let bob: TestPerson;
let carol: TestPerson;
/** The same people at the other copy. */
const there = (person: TestPerson): ApiClient => new ApiClient(other.url, person.token);

beforeAll(async () => {
  one = await startApi();
  other = await startTestServer({ service: { name: 'api', module: ApiModule, ...withBackbone({ consumes: false }) }, sharing: one });
  [alice, bob, carol] = [await one.person('alice'), await one.person('bob'), await one.person('carol')];
  for (const target of [alice, carol]) await bob.api.post(`/api/v1/accounts/${target.account.id}/follow`);
}, 60_000);
afterAll(async () => {
  await other?.stop();
  await one?.stop();
});

const write = async (person: TestPerson, text: string, more: Json = {}): Promise<string> =>
  String((await person.api.post('/api/v1/statuses', { status: text, ...more }))['id']);
/** Nothing is fanned out here: a feed that is built again holds everything. */
const rebuilt = (person: TestPerson): Promise<void> => one.backbone.feeds.drop(person.account.id);

/** What the same pages are without anything kept: whole rows, rules, renderers. */
async function uncached(viewer: TestPerson | null, path: string): Promise<unknown> {
  const { backbone } = one;
  const reader = rowReader(backbone);
  const viewerId = viewer?.account.id ?? null;
  const views =
    path === HOME && viewerId !== null
      ? await homeTimeline(backbone, reader, viewerId, PAGE)
      : await publicTimeline(backbone, reader, viewerId, { page: PAGE, scope: 'all', onlyMedia: false });
  return JSON.parse(JSON.stringify(await presentStatuses(backbone, viewerId, views)));
}

async function expectAlike(): Promise<void> {
  for (const path of [HOME, PUBLIC]) {
    for (const viewer of path === HOME ? [bob, alice] : [bob, alice, null]) {
      const wanted = await uncached(viewer, path);
      for (const api of viewer === null ? [nobody(one), nobody(other)] : [viewer.api, there(viewer)]) expect(await api.get(path)).toEqual(wanted);
    }
  }
}

describe('what one copy wrote, the other shows', () => {
  const shown = async (id: string): Promise<Json | undefined> => (await there(bob).get<Json[]>(HOME)).find((status) => status['id'] === id);

  test('marks, an edit and the end of a status', async () => {
    const id = await write(alice, 'kept');
    await rebuilt(bob);
    expect(await shown(id)).toMatchObject({ favourited: false, reblogged: false, bookmarked: false });
    for (const [verb, flag] of [['favourite', 'favourited'], ['reblog', 'reblogged'], ['bookmark', 'bookmarked']] as const) {
      await bob.api.post(`/api/v1/statuses/${id}/${verb}`);
      expect(await shown(id)).toMatchObject({ [flag]: true });
      await bob.api.post(`/api/v1/statuses/${id}/un${verb}`);
      expect(await shown(id)).toMatchObject({ [flag]: false });
    }
    await alice.api.ask('PUT', `/api/v1/statuses/${id}`, { status: 'rewritten' });
    expect(await shown(id)).toMatchObject({ content: '<p>rewritten</p>' });
    await alice.api.delete(`/api/v1/statuses/${id}`);
    expect(await shown(id)).toBeUndefined();
  });

  test('blocks of either side, mutes, an unfollow, hidden boosts, silence and suspension', async () => {
    const id = await write(alice, 'for followers', { visibility: 'private' });
    await rebuilt(bob);
    const gone = async (act: () => Promise<unknown>, back: () => Promise<unknown>): Promise<void> => {
      expect(await shown(id)).toBeDefined();
      await act();
      expect(await shown(id)).toBeUndefined();
      await back();
    };
    const onAlice = (verb: string, body?: Json) => () => bob.api.post(`/api/v1/accounts/${alice.account.id}/${verb}`, body);
    const follow = onAlice('follow');
    const { store } = one.backbone;
    await gone(onAlice('mute'), onAlice('unmute'));
    await gone(onAlice('unfollow'), follow);
    await gone(onAlice('block'), () => onAlice('unblock')().then(follow));
    await gone(
      () => alice.api.post(`/api/v1/accounts/${bob.account.id}/block`),
      () => alice.api.post(`/api/v1/accounts/${bob.account.id}/unblock`).then(follow),
    );
    const suspend = (suspendedAt: Date | null) => () => store.transaction((tx) => tx.updateAccount(alice.account.id, { suspendedAt }));
    await gone(suspend(new Date()), suspend(null));
    expect(await shown(id)).toBeDefined();
  });

  test('a mute that ends by itself', async () => {
    const id = await write(carol, 'loud');
    await rebuilt(bob);
    expect(await shown(id)).toBeDefined();
    const tie = { accountId: bob.account.id, targetId: carol.account.id, hideNotifications: false };
    await one.backbone.store.transaction((tx) => tx.insertMute({ id: one.backbone.ids.next(), ...tie, expiresAt: new Date(one.backbone.clock.nowMs() + 3_000) }));
    expect(await shown(id)).toBeUndefined();
    expect(await until('the mute to be over', () => shown(id))).toBeDefined();
  });

  test('a revoked token opens nothing more, and a role is lost at once', async () => {
    const person = await one.person('dora', { role: 'Moderator' });
    expect(await there(person).ask('GET', HOME)).toMatchObject({ status: 200 });
    await one.backbone.users.setDisabled((await one.backbone.users.byAccountIds([person.account.id]))[0]?.id ?? bob.account.id, true);
    expect(await there(person).ask('GET', HOME)).toMatchObject({ status: 403 });
    await one.backbone.users.setDisabled((await one.backbone.users.byAccountIds([person.account.id]))[0]?.id ?? bob.account.id, false);
    expect(await there(person).ask('GET', HOME)).toMatchObject({ status: 200 });
    await one.backbone.tokens.revokeAllOf((await one.backbone.users.byAccountIds([person.account.id]))[0]?.id ?? bob.account.id);
    expect(await there(person).ask('GET', HOME)).toMatchObject({ status: 401 });
  });
});

describe('a home page as it was sent', () => {
  /** As one copy reads it, and the other. */
  const pages = async (): Promise<Buffer[]> => {
    const read: Buffer[] = [];
    for (const { backbone: { homePages, changes } } of [one, other]) {
      const request = { viewerId: bob.account.id, page: PAGE, told: await changes.sync(), onPartialFeed: () => undefined };
      read.push((await homePages.read(request)).json);
    }
    return read;
  };
  /** Both copies send what they sent before. A busy machine may make one put a page together once more than it had to. */
  const keptPages = (beforeWhat: string): Promise<Buffer[]> =>
    until(`both copies to keep their pages, before ${beforeWhat}`, async () => {
      const before = await pages();
      return (await pages()).every((page, copy) => page === before[copy]) && before;
    });
  const push = (id: string, to: TestPerson = bob): Promise<number> => one.backbone.feeds.push([to.account.id], id as StatusId);
  const follow = (target: TestPerson): Promise<unknown> => bob.api.post(`/api/v1/accounts/${target.account.id}/follow`);

  test('is the same until something in it or in the feed is another, in either copy', async () => {
    const [id, boosted] = [await write(alice, 'kept whole'), await write(carol, 'boosted by alice')];
    const boost = String((await alice.api.post(`/api/v1/statuses/${boosted}/reblog`))['id']);
    await rebuilt(bob);
    const poll = await write(carol, 'which?', { poll: { options: ['this', 'that'], expires_in: 3_600 } });
    const hidden = await write(await one.person('erin'), 'nobody here follows her');
    const acts: [what: string, act: () => Promise<unknown>][] = [
      ['a new post', async () => push(await write(alice, 'new'))],
      ['one that is late', () => one.backbone.feeds.push([bob.account.id], boosted as StatusId, { late: true })],
      ['the end of one', () => alice.api.delete(`/api/v1/statuses/${id}`)],
      ['an edit', () => carol.api.ask('PUT', `/api/v1/statuses/${boosted}`, { status: 'boosted, and rewritten' })],
      ["the reader's mark on what is boosted", () => bob.api.post(`/api/v1/statuses/${boosted}/favourite`)],
      ["somebody else's", () => alice.api.post(`/api/v1/statuses/${boosted}/favourite`)],
      ['what the reader answers', () => bob.api.post(`/api/v1/polls/${poll}/votes`, { choices: [1] })],
      ['a name', () => carol.api.ask('PATCH', '/api/v1/accounts/update_credentials', { display_name: 'Carol the Second' })],
      ['a mute', () => bob.api.post(`/api/v1/accounts/${carol.account.id}/mute`)],
      ['its end', () => bob.api.post(`/api/v1/accounts/${carol.account.id}/unmute`)],
      ['boosts hidden', () => bob.api.post(`/api/v1/accounts/${alice.account.id}/follow`, { reblogs: false })],
      ['boosts shown', () => follow(alice)],
      ['what is taken out of the feed', () => one.backbone.feeds.remove([bob.account.id], [boost as StatusId])],
      ['what has to be asked of Postgres', () => one.backbone.feeds.renew(bob.account.id)],
      ['a feed that is built anew', () => rebuilt(bob)],
    ];
    for (const [what, act] of acts) {
      const before = await keptPages(what);
      await act();
      const after = await pages();
      expect([what, ...after.map((page, copy) => page === before[copy])]).toEqual([what, false, false]);
      await expectAlike();
    }
    // What is not in it leaves it as it is.
    const before = await keptPages('what is not in it');
    await bob.api.post(`/api/v1/statuses/${hidden}/bookmark`);
    await bob.api.post(`/api/v1/statuses/${hidden}/unbookmark`);
    await push(hidden, alice);
    expect((await pages()).map((page, copy) => page.equals(before[copy] ?? Buffer.alloc(0)))).toEqual([true, true]);
  });

  // A feed may be told of what a replica of the database has not yet got.
  test('is not kept while something in its feed is not there', async () => {
    await push(String(one.backbone.ids.next()));
    const before = await pages();
    expect((await pages()).map((page, copy) => page === before[copy])).toEqual([false, false]);
    await rebuilt(bob);
  });

  test('of another length is another, and one with bounds is none', async () => {
    await expectAlike();
    const [page, short, since] = await Promise.all(['', '?limit=1', '?since_id=1'].map((query) => bob.api.get<Json[]>(`${HOME}${query}`)));
    expect(short).toEqual(page?.slice(0, 1));
    expect(since).toEqual(page);
  });
});

test('pages from memory are those without memory, whatever is written between', async () => {
  await write(alice, 'first #tag for @bob@nowhere.example');
  const people = (): TestPerson[] => [alice, bob, carol];
  const verbs = ['favourite', 'unfavourite', 'reblog', 'unreblog', 'bookmark', 'unbookmark'];
  const ties = ['follow', 'unfollow', 'mute', 'unmute', 'block', 'unblock'];
  const act = fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 2 }), fc.nat({ max: 2 }), fc.nat({ max: 50 }));
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 6 }), async (acts) => {
      for (const [kind, who, whom, pick] of acts) {
        const [person, target] = [people()[who] ?? alice, people()[whom] ?? bob];
        const api = pick % 2 === 0 ? person.api : there(person);
        const ids = idsOf(await nobody(one).get(PUBLIC));
        const id = ids[pick % Math.max(1, ids.length)] ?? '1';
        const visibility = ['public', 'unlisted', 'private', 'direct'][pick % 4];
        if (kind <= 1) await api.ask('POST', '/api/v1/statuses', { status: `say ${pick} @${target.account.username}`, visibility, ...(pick % 3 === 0 ? { in_reply_to_id: id } : {}) });
        else if (kind === 2) await api.ask('POST', `/api/v1/statuses/${id}/${verbs[pick % verbs.length] ?? ''}`);
        else if (kind === 3) await api.ask('POST', `/api/v1/accounts/${target.account.id}/${ties[pick % ties.length] ?? ''}`, pick % 5 === 0 ? { reblogs: false } : {});
        else if (kind === 4) await api.ask('PATCH', '/api/v1/accounts/update_credentials', { display_name: `name ${pick}`, note: `see @${target.account.username}` });
        else await api.ask(pick % 2 === 0 ? 'DELETE' : 'PUT', `/api/v1/statuses/${id}`, pick % 2 === 0 ? undefined : { status: `edited ${pick}` });
        if (pick % 4 === 0) await rebuilt(bob);
        else if (kind <= 1) for (const reader of [bob, alice]) await one.backbone.feeds.push([reader.account.id], (idsOf(await nobody(one).get(PUBLIC))[0] ?? '1') as StatusId);
        await expectAlike();
      }
    }),
    { numRuns: 8, endOnFailure: true },
  );
});

test('without Redis pages are read from Postgres, and a revocation holds as well', async () => {
  const alone = await startTestServer({
    service: { name: 'api', module: ApiModule, ...withBackbone({ consumes: false }) },
    sharing: Object.assign(Object.create(one) as TestServer, { env: { ...one.env, REDIS_URL: 'redis://127.0.0.1:1' } }),
  });
  try {
    const api = new ApiClient(alone.url, bob.token);
    expect(await api.get(PUBLIC)).toEqual(await uncached(bob, PUBLIC));
    const id = idsOf(await api.get(PUBLIC))[0] ?? '';
    await api.post(`/api/v1/statuses/${id}/bookmark`);
    expect((await api.get<Json[]>(PUBLIC))[0]).toMatchObject({ bookmarked: true });
    expect((await api.ask('GET', HOME)).status).toBe(200);
  } finally {
    await alone.stop();
  }
});
