import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startTestServer, type TestPerson, type TestServer } from '../src/index.js';
import { ask, NO_ID } from './api-caller.js';

jest.setTimeout(90_000);

// Two whole pages of twenty and a rest: where a cursor goes wrong.
const ITEMS = 45;
const LIMIT = 20;

let server: TestServer;
let [alice, bob, fan]: [TestPerson, TestPerson, TestPerson] = [] as never;
/** Of bob, oldest first. */
const posted: string[] = [];
/** Account ids of who follows bob, in the order in which they did. */
const followers: string[] = [];

beforeAll(async () => {
  server = await startTestServer();
  [alice, bob, fan] = [await server.person('alice'), await server.person('bob'), await server.person('fan')];
  await alice.api.post(`/api/v1/accounts/${bob.account.id}/follow`);
  followers.push(alice.account.id);
  await alice.api.get('/api/v1/timelines/home');
  for (let number = 1; number <= ITEMS; number += 1) {
    const { id } = await bob.api.post<{ id: string }>('/api/v1/statuses', { status: `Car ${number} of #train` });
    posted.push(id);
    await alice.api.post(`/api/v1/statuses/${id}/favourite`);
    await alice.api.post(`/api/v1/statuses/${id}/bookmark`);
  }
  await crowd(ITEMS - 1);
  await server.settled();
});
afterAll(async () => server?.stop());

/** People who follow bob, are followed by fan, and favourited and boosted bob's first post. */
async function crowd(size: number): Promise<void> {
  const { store, ids } = server.backbone;
  for (let number = 1; number <= size; number += 1) {
    const one = await server.person(`person${number}`);
    followers.push(one.account.id);
    await one.api.post(`/api/v1/accounts/${bob.account.id}/follow`);
    await one.api.post(`/api/v1/statuses/${posted[0] ?? ''}/favourite`);
    await one.api.post(`/api/v1/statuses/${posted[0] ?? ''}/reblog`);
    await store.transaction((tx) => tx.insertFollow({ id: ids.next(), accountId: fan.account.id, targetId: one.account.id, showBoosts: true, notify: false, languages: null, uri: null }));
  }
}

type Item = Readonly<{ id: string; reblog?: unknown }>;
interface Page {
  readonly ids: readonly string[];
  readonly next: string | null;
  readonly prev: string | null;
}

async function page(path: string, who: TestPerson | null): Promise<Page> {
  const seen = await ask(server, 'GET', path, { token: who?.token ?? null });
  expect([path, seen.status]).toEqual([path, 200]);
  const link = seen.headers.get('link') ?? '';
  const to = (rel: string): string | null => new RegExp(`<([^>]+)>; rel="${rel}"`).exec(link)?.[1] ?? null;
  for (const address of [to('next'), to('prev')]) if (address !== null) expect(address.startsWith(`http://${server.domain}/api/`)).toBe(true);
  return { ids: (seen.body as Item[]).map(({ id }) => id), next: to('next'), prev: to('prev') };
}

async function walk(start: string, who: TestPerson | null, by: 'next' | 'prev'): Promise<string[][]> {
  const pages: string[][] = [];
  for (let path: string | null = start; path !== null && pages.length < 20; ) {
    const { ids, ...links }: Page = await page(path, who);
    if (ids.length > 0) pages.push([...ids]);
    path = ids.length === 0 ? null : links[by];
  }
  return pages;
}

const bobs = (): string => `/api/v1/accounts/${bob.account.id}`;
/** Whether the list knows `min_id`, i.e. can be read upwards. */
type List = readonly [name: string, path: () => string, who: () => TestPerson | null, wanted: () => readonly string[]];
const newest = (ids: readonly string[]) => (): string[] => ids.toReversed();

const LISTS: readonly List[] = [
  ['home', () => '/api/v1/timelines/home?', () => alice, newest(posted)],
  ['public', () => '/api/v1/timelines/public?local=true&', () => alice, newest(posted)],
  ['public, as a stranger', () => '/api/v1/timelines/public?', () => null, newest(posted)],
  ['tag', () => '/api/v1/timelines/tag/train?', () => null, newest(posted)],
  ['posts of an account', () => `${bobs()}/statuses?`, () => null, newest(posted)],
  ['favourites', () => '/api/v1/favourites?', () => alice, newest(posted)],
  ['bookmarks', () => '/api/v1/bookmarks?', () => alice, newest(posted)],
  ['followers', () => `${bobs()}/followers?`, () => null, newest(followers)],
  ['following', () => `/api/v1/accounts/${fan.account.id}/following?`, () => fan, () => followers.slice(1).toReversed()],
  ['who boosted', () => `/api/v1/statuses/${posted[0] ?? ''}/reblogged_by?`, () => null, () => followers.slice(1).toReversed()],
  ['who favourited', () => `/api/v1/statuses/${posted[0] ?? ''}/favourited_by?`, () => bob, newest(followers)],
];
const lists = LISTS.map((list): [string, List] => [list[0], list]);

describe('downwards, by the links to what is next', () => {
  test.each(lists)('%s: each once, newest first', async (_, [, path, who, wanted]) => {
    const pages = await walk(`${path()}limit=${LIMIT}`, who(), 'next');
    expect(pages.flat()).toEqual(wanted());
    expect(pages.slice(0, -1).every(({ length }) => length === LIMIT)).toBe(true);
  });

  test('notifications', async () => {
    const pages = await walk(`/api/v1/notifications?types[]=follow&types[]=favourite&limit=${LIMIT}`, bob, 'next');
    const ids = pages.flat();
    expect([ids.length, new Set(ids).size]).toEqual([ITEMS * 3 - 1, ITEMS * 3 - 1]);
    expect(ids).toEqual(ids.toSorted((a, b) => Number(BigInt(b) - BigInt(a))));
  });
});

describe('upwards, by the links to what is newer', () => {
  const upwards = lists.filter(([name]) => !/^follow|^who/.test(name));

  test.each(upwards)('%s: each once, from the oldest page up', async (_, [, path, who, wanted]) => {
    const down = await walk(`${path()}limit=${LIMIT}`, who(), 'next');
    const last = `${path()}limit=${LIMIT}`;
    // The oldest page as a client finds it, then only `prev`.
    let at = await page(last, who());
    for (let n = 1; n < down.length; n += 1) at = await page(at.next ?? '', who());
    const up = at.prev === null ? [] : await walk(at.prev, who(), 'prev');
    expect([...up.toReversed().flat(), ...at.ids]).toEqual(wanted());
    expect(up.slice(0, -1).every(({ length }) => length === LIMIT)).toBe(true);
  });

  // Mastodon's lists of people know only `since_id`: what is newer, from the top.
  test.each(lists.filter(([name]) => /^follow|^who/.test(name)))('%s: nothing is newer than the newest', async (_, [, path, who]) => {
    const { prev } = await page(`${path()}limit=${LIMIT}`, who());
    expect((await page(prev ?? '', who())).ids).toEqual([]);
  });
});

describe('cursors', () => {
  const at = (index: number): string => posted[index] ?? '';
  const timelines = lists.filter(([name]) => ['home', 'public', 'tag', 'posts of an account'].includes(name));

  test.each(timelines)('%s: what each of the three means', async (_, [, path, who]) => {
    const ids = async (query: string): Promise<readonly string[]> => (await page(`${path()}${query}`, who())).ids;
    expect(await ids(`max_id=${at(3)}`)).toEqual([at(2), at(1), at(0)]);
    expect(await ids(`since_id=${at(0)}&limit=2`)).toEqual([at(ITEMS - 1), at(ITEMS - 2)]);
    expect(await ids(`min_id=${at(0)}&limit=2`)).toEqual([at(2), at(1)]);
    expect(await ids(`since_id=${at(0)}&max_id=${at(3)}`)).toEqual([at(2), at(1)]);
    expect(await ids(`min_id=${at(0)}&max_id=${at(3)}`)).toEqual([at(2), at(1)]);
    expect(await ids(`max_id=${at(0)}`)).toEqual([]);
  });

  test.each(timelines)('%s: a limit is at most 40, nonsense is the default', async (_, [, path, who]) => {
    const count = async (query: string): Promise<number> => (await page(`${path()}${query}`, who())).ids.length;
    expect([await count('limit=40'), await count('limit=4000'), await count('limit=x'), await count('')]).toEqual([40, 40, 20, 20]);
  });

  test.each(timelines)('%s: cursors that are no ids do not break it', async (_, [, path, who]) => {
    for (const value of ['x', '-1', '', '9'.repeat(30), "'; --", '%00', NO_ID, '1.5', '[]', '9223372036854775807']) {
      for (const name of ['max_id', 'since_id', 'min_id']) {
        const { status } = await ask(server, 'GET', `${path()}${name}=${value}`, { token: who()?.token ?? null });
        expect([name, value, status]).toEqual([name, value, 200]);
      }
    }
  });

  test('links keep the other parameters and hand on no token', async () => {
    const { body, headers } = await ask(server, 'GET', `/api/v1/timelines/public?local=true&limit=2&max_id=${at(9)}&access_token=${alice.token}`);
    const link = headers.get('link') ?? '';
    expect((body as unknown[]).length).toBe(2);
    expect(link).toContain(`local=true&limit=2&max_id=${at(7)}>; rel="next"`);
    expect(link).toContain(`local=true&limit=2&min_id=${at(8)}>; rel="prev"`);
    expect(link).not.toContain(alice.token);
  });

  test('an empty page has no links', async () => {
    expect((await ask(server, 'GET', '/api/v1/timelines/tag/nobodysays')).headers.get('link')).toBeNull();
  });
});

// Whatever is hidden from the reader must not end the walk early.
test('a page of which most is hidden still leads on', async () => {
  const noisy = await server.person('noisy');
  await alice.api.post(`/api/v1/accounts/${noisy.account.id}/follow`);
  for (let number = 0; number < 30; number += 1) await noisy.api.post('/api/v1/statuses', { status: `Noise ${number} #train @alice` });
  await server.settled();
  await alice.api.post(`/api/v1/accounts/${noisy.account.id}/mute`);
  for (const path of ['/api/v1/timelines/public?', '/api/v1/timelines/tag/train?', '/api/v1/timelines/home?']) {
    expect((await walk(`${path}limit=5`, alice, 'next')).flat()).toEqual(posted.toReversed());
  }
  expect((await walk('/api/v1/notifications?limit=5', alice, 'next')).flat()).toEqual([]);
  await alice.api.post(`/api/v1/accounts/${bob.account.id}/block`);
  expect((await walk('/api/v1/favourites?limit=5', alice, 'next')).flat()).toEqual([]);
});
