import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestPerson, TestServer } from '@trunkline/testing';
import { allConforming, conforming, idsOf, linkOf, nobody, startApi, type Json } from './api-server.js';

let server: TestServer;
let alice: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  server = await startApi();
  [alice, bob] = [await server.person('alice'), await server.person('bob')];
}, 60_000);
afterAll(() => server?.stop());

const write = async (text: string, more: Json = {}): Promise<string> =>
  String((await alice.api.post('/api/v1/statuses', { status: text, ...more }))['id']);
const act = (person: TestPerson, id: string, verb: string, body?: Json): Promise<Json> => person.api.post(`/api/v1/statuses/${id}/${verb}`, body);

describe('what people do with a status', () => {
  test('favourite: twice is once; the list says who; undone it is as before', async () => {
    const id = await write('likeable');
    await act(bob, id, 'favourite');
    expect(conforming('Status', await act(bob, id, 'favourite'))).toMatchObject({ id, favourited: true, favourites_count: 1 });
    expect(allConforming('Account', await nobody(server).get(`/api/v1/statuses/${id}/favourited_by`))).toMatchObject([{ id: bob.account.id }]);
    expect(idsOf(await bob.api.get('/api/v1/favourites'))).toEqual([id]);
    expect(await alice.api.get(`/api/v1/statuses/${id}`)).toMatchObject({ favourited: false, favourites_count: 1 });
    expect(await act(bob, id, 'unfavourite')).toMatchObject({ favourited: false, favourites_count: 0 });
    expect(await act(bob, id, 'unfavourite')).toMatchObject({ favourited: false, favourites_count: 0 });
    expect(await bob.api.get('/api/v1/favourites')).toEqual([]);
  });

  test('boost: twice is once, never wider than the original; undone by the id of either', async () => {
    const id = await write('boostable', { visibility: 'unlisted' });
    const boost = conforming('Status', await act(bob, id, 'reblog', { visibility: 'public' }));
    expect(boost).toMatchObject({ visibility: 'unlisted', account: { id: bob.account.id }, reblog: { id, reblogged: true, reblogs_count: 1 } });
    expect((await act(bob, id, 'reblog'))['id']).toBe(boost['id']);
    expect(allConforming('Account', await alice.api.get(`/api/v1/statuses/${id}/reblogged_by`))).toMatchObject([{ id: bob.account.id }]);
    // What is done to a boost is done to what it shows.
    expect(await act(alice, String(boost['id']), 'favourite')).toMatchObject({ id, favourited: true });
    expect(await act(bob, String(boost['id']), 'unreblog')).toMatchObject({ id, reblogged: false, reblogs_count: 0 });
    expect((await alice.api.ask('GET', `/api/v1/statuses/${String(boost['id'])}`)).status).toBe(404);
  });

  test('a boost that is deleted takes nothing else with it', async () => {
    const id = await write('stays');
    const boost = await act(bob, id, 'reblog');
    conforming('Status', await bob.api.delete(`/api/v1/statuses/${String(boost['id'])}`));
    expect(await bob.api.get(`/api/v1/statuses/${id}`)).toMatchObject({ reblogged: false, reblogs_count: 0 });
  });

  test('followers-only and direct statuses are boosted by nobody else', async () => {
    for (const visibility of ['private', 'direct']) {
      const id = await write('for @bob', { visibility });
      expect(await bob.api.ask('POST', `/api/v1/statuses/${id}/reblog`)).toMatchObject({ status: 403, body: { error: 'This action is not allowed' } });
    }
    const own = await write('for followers', { visibility: 'private' });
    expect(await act(alice, own, 'reblog')).toMatchObject({ visibility: 'private', reblog: { id: own } });
  });

  test('bookmarks are one’s own, in the order they were made, paged by links', async () => {
    const ids: string[] = [];
    for (const text of ['one', 'two', 'three']) ids.push(await write(text));
    for (const id of [ids[1], ids[0], ids[2]]) expect(conforming('Status', await act(bob, String(id), 'bookmark'))).toMatchObject({ bookmarked: true });
    const first = await bob.api.ask('GET', '/api/v1/bookmarks?limit=2');
    expect(idsOf(allConforming('Status', first.body))).toEqual([ids[2], ids[0]]);
    const second = await bob.api.ask('GET', linkOf(first.headers, 'next') ?? '');
    expect(idsOf(second.body)).toEqual([ids[1]]);
    expect(linkOf(second.headers, 'next')).toBeNull();
    expect(idsOf((await bob.api.ask('GET', linkOf(second.headers, 'prev') ?? '')).body)).toEqual([ids[2], ids[0]]);
    expect(await act(bob, String(ids[0]), 'unbookmark')).toMatchObject({ bookmarked: false });
    expect(idsOf(await bob.api.get('/api/v1/bookmarks'))).toEqual([ids[2], ids[1]]);
    expect(await alice.api.get('/api/v1/bookmarks')).toEqual([]);
  });

  test('many ids at once come in the order asked, hidden and unknown ones left out', async () => {
    const [open, closed] = [await write('open'), await write('closed', { visibility: 'direct' })];
    expect(idsOf(await bob.api.get(`/api/v1/statuses?id[]=${closed}&id[]=1&id[]=${open}`))).toEqual([open]);
    expect(idsOf(await alice.api.get(`/api/v1/statuses?id[]=${closed}&id[]=${open}`))).toEqual([closed, open]);
  });

  test('a thread: what was answered above, answers below, each with its own answers', async () => {
    const root = await write('root');
    const first = await write('first', { in_reply_to_id: root });
    const second = await write('second', { in_reply_to_id: root });
    const deeper = await write('deeper', { in_reply_to_id: first });
    const context = async (id: string): Promise<{ ancestors: string[]; descendants: string[] }> => {
      const { ancestors, descendants } = conforming<{ ancestors: Json[]; descendants: Json[] }>('Context', await nobody(server).get(`/api/v1/statuses/${id}/context`));
      return { ancestors: idsOf(ancestors), descendants: idsOf(descendants) };
    };
    expect(await context(root)).toEqual({ ancestors: [], descendants: [first, deeper, second] });
    expect(await context(deeper)).toEqual({ ancestors: [root, first], descendants: [] });
    expect(await nobody(server).get(`/api/v1/statuses/${root}`)).toMatchObject({ replies_count: 2 });
  });
});
