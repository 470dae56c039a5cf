import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createStreamingAPIClient, type mastodon } from 'masto';
import { startTestServer, until, type TestPerson, type TestServer } from '../src/index.js';
import { ask } from './api-caller.js';
import { EntityWitness } from './entity-witness.js';
import { mastoOf, originOf } from './masto-session.js';

jest.setTimeout(90_000);

let server: TestServer;
let witness: EntityWitness;
let people: Record<'alice' | 'bob' | 'carol', TestPerson>;
let reader: mastodon.rest.Client;
let [bob, carol]: mastodon.rest.Client[] = [];

beforeAll(async () => {
  server = await startTestServer();
  people = { alice: await server.person('alice'), bob: await server.person('bob'), carol: await server.person('carol') };
  witness = new EntityWitness(originOf(server));
  reader = mastoOf(server, people.alice.token);
  [bob, carol] = [mastoOf(server, people.bob.token), mastoOf(server, people.carol.token)];
  for (const one of [people.bob, people.carol]) await reader.v1.accounts.$select(one.account.id).follow();
});
afterAll(async () => {
  witness?.leave();
  await server?.stop();
});
afterEach(() => witness.sayFaults());

const write = async (by: mastodon.rest.Client | undefined, status: string, more: { inReplyToId?: string } = {}): Promise<string> => {
  const made = await by?.v1.statuses.create({ status, ...more });
  await server.settled();
  return made?.id ?? '';
};
/** masto's types do not know the policy; its serializer passes on what it is given. */
const change = (title: string, repliesPolicy: string, exclusive = false): mastodon.rest.v1.UpdateListParams =>
  ({ title, repliesPolicy, exclusive }) as mastodon.rest.v1.UpdateListParams;
const idsIn = async (listId: string): Promise<string[]> => (await reader.v1.timelines.list.$select(listId).list()).map(({ id }) => id);
const homeIds = async (): Promise<string[]> => (await reader.v1.timelines.home.list({ limit: 40 })).map(({ id }) => id);

describe('lists through masto', () => {
  test('are made, changed, read by their owner alone, and removed', async () => {
    const made = await reader.v1.lists.create({ title: ' Near and dear ' });
    expect(made).toMatchObject({ title: 'Near and dear', repliesPolicy: 'list', exclusive: false });
    expect(await reader.v1.lists.$select(made.id).update(change('Near', 'none', true))).toMatchObject({ title: 'Near', repliesPolicy: 'none', exclusive: true });
    expect(await reader.v1.lists.list()).toEqual([expect.objectContaining({ id: made.id, title: 'Near' })]);
    expect(await bob?.v1.lists.list()).toEqual([]);
    for (const [method, path] of [['GET', ''], ['PUT', ''], ['DELETE', ''], ['GET', '/accounts'], ['POST', '/accounts'], ['DELETE', '/accounts']] as const) {
      expect((await ask(server, method, `/api/v1/lists/${made.id}${path}`, { token: people.bob.token, ...(method === 'GET' ? {} : { json: { title: 'Mine now' } }) })).status).toBe(404);
    }
    expect((await ask(server, 'GET', `/api/v1/timelines/list/${made.id}`, { token: people.bob.token })).status).toBe(404);
    await reader.v1.lists.$select(made.id).remove();
    expect((await ask(server, 'GET', `/api/v1/lists/${made.id}`, { token: people.alice.token })).status).toBe(404);
  });

  test.each([
    [{}, "Title can't be blank"],
    [{ title: ' ' }, "Title can't be blank"],
    [{ title: 'x'.repeat(257) }, 'Title is too long'],
    [{ title: 'x', replies_policy: 'some' }, 'Replies policy is not included in the list'],
  ])('a list like %j is refused in words', async (json, words) => {
    const answer = await ask(server, 'POST', '/api/v1/lists', { token: people.alice.token, json });
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([422, expect.stringContaining(words)]);
  });

  test('fifty, and no more', async () => {
    const before = await reader.v1.lists.list();
    expect(before).toEqual([]);
    const made = [];
    for (let count = 0; count < 50; count += 1) made.push((await reader.v1.lists.create({ title: `list ${count}` })).id);
    expect((await ask(server, 'POST', '/api/v1/lists', { token: people.alice.token, json: { title: 'one more' } })).status).toBe(422);
    for (const id of made) await reader.v1.lists.$select(id).remove();
  });

  test('members are people who are followed; the end of a follow ends it', async () => {
    const list = await reader.v1.lists.create({ title: 'People' });
    const members = reader.v1.lists.$select(list.id).accounts;
    await members.create({ accountIds: [people.bob.account.id, people.carol.account.id] });
    expect((await members.list()).map(({ acct }) => acct).sort()).toEqual(['bob', 'carol']);
    expect((await reader.v1.accounts.$select(people.bob.account.id).lists.list()).map(({ id }) => id)).toEqual([list.id]);
    const add = (id: string): Promise<{ status: number }> => ask(server, 'POST', `/api/v1/lists/${list.id}/accounts`, { token: people.alice.token, json: { account_ids: [id] } });
    // Twice, oneself, nobody.
    expect([(await add(people.bob.account.id)).status, (await add(people.alice.account.id)).status, (await add('1')).status, (await add('x')).status]).toEqual([422, 404, 404, 422]);
    await reader.v1.accounts.$select(people.carol.account.id).unfollow();
    expect((await members.list()).map(({ acct }) => acct)).toEqual(['bob']);
    await reader.v1.accounts.$select(people.carol.account.id).follow();
    expect((await members.list()).map(({ acct }) => acct)).toEqual(['bob']);
    await members.remove({ accountIds: [people.bob.account.id] });
    expect(await members.list()).toEqual([]);
    await reader.v1.lists.$select(list.id).remove();
  });

  test('whom somebody only asks to follow waits in the list: a member once that is accepted, gone when it is refused', async () => {
    const [dora, ed] = [await server.person('dora', { locked: true }), await server.person('ed', { locked: true })];
    const list = await reader.v1.lists.create({ title: 'Asked' });
    const { accounts: members } = reader.v1.lists.$select(list.id);
    const ids = [dora.account.id, ed.account.id];
    for (const id of ids) await reader.v1.accounts.$select(id).follow();
    await members.create({ accountIds: ids });
    expect((await members.list()).map(({ acct }) => acct).sort()).toEqual(['dora', 'ed']);
    expect((await reader.v1.accounts.$select(ids[0] ?? '').lists.list()).map(({ id }) => id)).toEqual([list.id]);
    const again = await ask(server, 'POST', `/api/v1/lists/${list.id}/accounts`, { token: people.alice.token, json: { account_ids: [ids[0]] } });
    expect(again.status).toBe(422);
    const early = await write(mastoOf(server, dora.token), 'Not for her yet');
    expect(await idsIn(list.id)).toEqual([]);

    await dora.api.post(`/api/v1/follow_requests/${people.alice.account.id}/authorize`);
    await ed.api.post(`/api/v1/follow_requests/${people.alice.account.id}/reject`);
    expect((await members.list()).map(({ acct }) => acct)).toEqual(['dora']);
    const late = await write(mastoOf(server, dora.token), 'For her');
    expect(await idsIn(list.id)).toEqual([late, early]);
    await reader.v1.accounts.$select(dora.account.id).unfollow();
    await reader.v1.lists.$select(list.id).remove();
  });

  test('who waits in an exclusive list never comes home', async () => {
    const fay = await server.person('fay', { locked: true });
    await homeIds();
    const list = await reader.v1.lists.create({ title: 'Asked, apart', exclusive: true });
    await reader.v1.accounts.$select(fay.account.id).follow();
    await reader.v1.lists.$select(list.id).accounts.create({ accountIds: [fay.account.id] });
    await fay.api.post(`/api/v1/follow_requests/${people.alice.account.id}/authorize`);
    const written = await write(mastoOf(server, fay.token), 'Apart from the first');
    expect([await idsIn(list.id), (await homeIds()).includes(written)]).toEqual([[written], false]);
    await reader.v1.lists.$select(list.id).accounts.remove({ accountIds: [fay.account.id] });
    expect((await homeIds())[0]).toBe(written);
    await reader.v1.lists.$select(list.id).remove();
    await reader.v1.accounts.$select(fay.account.id).unfollow();
  });

  test('shows what members write, and of their answers those it is set to', async () => {
    const list = await reader.v1.lists.create({ title: 'Bob' });
    await reader.v1.lists.$select(list.id).accounts.create({ accountIds: [people.bob.account.id] });
    const own = await write(reader, 'My own');
    const others = await write(carol, 'Not in the list');
    const plain = await write(bob, 'In the list');
    const toCarol = await write(bob, '@carol an answer', { inReplyToId: others });
    const toMe = await write(bob, '@alice an answer', { inReplyToId: own });
    expect(await idsIn(list.id)).toEqual([toMe, plain]);
    await reader.v1.lists.$select(list.id).update(change('Bob', 'followed'));
    expect(await idsIn(list.id)).toEqual([toMe, toCarol, plain]);
    const page = await ask(server, 'GET', `/api/v1/timelines/list/${list.id}?limit=1`, { token: people.alice.token });
    expect(page.headers.get('link')).toContain(`max_id=${toMe}`);
    await reader.v1.lists.$select(list.id).remove();
  });

  test('an exclusive one keeps its members out of home until it ends, and its stream brings what they write', async () => {
    await homeIds();
    const list = await reader.v1.lists.create({ title: 'Apart', exclusive: true });
    const before = await write(bob, 'Before');
    expect((await homeIds())[0]).toBe(before);
    await reader.v1.lists.$select(list.id).accounts.create({ accountIds: [people.bob.account.id] });
    expect(await homeIds()).not.toContain(before);
    expect((await idsIn(list.id))[0]).toBe(before);

    const stream = createStreamingAPIClient({ streamingApiUrl: `ws://${server.domain}`, accessToken: people.alice.token, implementation: WebSocket, retry: false });
    const foreign = createStreamingAPIClient({ streamingApiUrl: `ws://${server.domain}`, accessToken: people.carol.token, implementation: WebSocket, retry: false });
    try {
      const [heard, home, stolen]: string[][] = [[], [], []];
      const listen = async (events: AsyncIterable<{ event: string; payload: unknown }>, into: string[] | undefined): Promise<void> => {
        for await (const { event, payload } of events) if (event === 'update') into?.push((payload as { id: string }).id);
      };
      void listen(stream.list.subscribe({ list: list.id }), heard);
      void listen(stream.user.subscribe(), home);
      void listen(foreign.list.subscribe({ list: list.id }), stolen);
      await until('the list to be open', async () => {
        await write(bob, 'Do you hear me?');
        return (heard?.length ?? 0) > 0;
      });
      await until('home to be open', async () => {
        await write(carol, 'And me?');
        return (home?.length ?? 0) > 0;
      });
      const [apart, wide] = [await write(bob, 'Apart'), await write(carol, 'For all')];
      await until('both', () => heard?.includes(apart) === true && home?.includes(wide) === true);
      expect([heard?.includes(wide), home?.includes(apart), stolen]).toEqual([false, false, []]);
      expect(await homeIds()).not.toContain(apart);
      await reader.v1.lists.$select(list.id).remove();
      expect(await homeIds()).toEqual(expect.arrayContaining([apart, wide]));
    } finally {
      stream.close();
      foreign.close();
    }
  });
});
