import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startFediverse, until, type Fediverse, type TestPerson } from '../src/index.js';

interface StatusJson {
  id: string;
  uri: string;
  content: string;
  account: { id: string; acct: string };
  reblog: StatusJson | null;
  favourites_count: number;
  reblogs_count: number;
  replies_count: number;
  in_reply_to_id: string | null;
  visibility: string;
  edited_at: string | null;
}
interface AccountJson {
  id: string;
  acct: string;
}
interface NotificationJson {
  type: string;
  account: { acct: string };
  status?: StatusJson;
}

jest.setTimeout(90_000);

let fediverse: Fediverse;
let alice: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  fediverse = await startFediverse();
  alice = await fediverse.home.person('alice');
  bob = await fediverse.away.person('bob');
});
afterAll(() => fediverse.stop());

const find = async (person: TestPerson, handle: string): Promise<AccountJson> => {
  const found = await person.api.get<{ accounts: AccountJson[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(handle)}`);
  const [account] = found.accounts;
  if (account === undefined) throw new Error(`${handle} was not found`);
  return account;
};
const home = (person: TestPerson): Promise<StatusJson[]> => person.api.get<StatusJson[]>('/api/v1/timelines/home');
const notifications = (person: TestPerson): Promise<NotificationJson[]> => person.api.get<NotificationJson[]>('/api/v1/notifications');

/** The status as another server's person has it. */
const copyOf = async (person: TestPerson, uri: string): Promise<StatusJson | undefined> => {
  const found = await person.api.get<{ statuses: StatusJson[] }>(`/api/v2/search?type=statuses&resolve=true&q=${encodeURIComponent(uri)}`);
  return found.statuses[0];
};

describe('one post, the whole way', () => {
  test('a remote follow by handle settles on both servers', async () => {
    const remote = await find(bob, alice.handle);
    expect(remote.acct).toBe(alice.handle);
    const asked = await bob.api.post<{ following: boolean; requested: boolean }>(`/api/v1/accounts/${remote.id}/follow`);
    expect(asked.following || asked.requested).toBe(true);
    await fediverse.settled();
    const [relationship] = await bob.api.get<{ following: boolean; requested: boolean }[]>(`/api/v1/accounts/relationships?id[]=${remote.id}`);
    expect(relationship).toMatchObject({ following: true, requested: false });
    const seen = await notifications(alice);
    expect(seen.map(({ type, account }) => [type, account.acct])).toEqual([['follow', bob.handle]]);
  });

  test('a post reaches the follower once, with its text and its mention', async () => {
    await home(bob);
    const posted = await alice.api.post<StatusJson>('/api/v1/statuses', { status: `Hello @${bob.handle}, over the wire #Rails` });
    await fediverse.settled();
    const timeline = await home(bob);
    const copies = timeline.filter((status) => status.uri === posted.uri);
    expect(copies).toHaveLength(1);
    expect(copies[0]?.account.acct).toBe(alice.handle);
    expect(copies[0]?.content).toContain('over the wire');
    expect(copies[0]?.content).toContain('mention');
    const told = await notifications(bob);
    expect(told.map(({ type, account }) => [type, account.acct])).toContainEqual(['mention', alice.handle]);
  });

  test('favourite, boost and reply come back, and their undo', async () => {
    const posted = await alice.api.post<StatusJson>('/api/v1/statuses', { status: 'Which train is the best?' });
    await fediverse.settled();
    const copy = await until('the copy', async () => (await home(bob)).find((status) => status.uri === posted.uri));
    await bob.api.post(`/api/v1/statuses/${copy.id}/favourite`);
    await bob.api.post(`/api/v1/statuses/${copy.id}/reblog`);
    const reply = await bob.api.post<StatusJson>('/api/v1/statuses', { status: `@${alice.handle} the slow one`, in_reply_to_id: copy.id });
    await fediverse.settled();
    const original = (): Promise<StatusJson> => alice.api.get<StatusJson>(`/api/v1/statuses/${posted.id}`);
    expect(await original()).toMatchObject({ favourites_count: 1, reblogs_count: 1, replies_count: 1 });
    const types = (await notifications(alice)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['favourite', 'reblog', 'mention']));
    const thread = await alice.api.get<{ descendants: StatusJson[] }>(`/api/v1/statuses/${posted.id}/context`);
    expect(thread.descendants.map((status) => status.uri)).toEqual([reply.uri]);

    await bob.api.post(`/api/v1/statuses/${copy.id}/unfavourite`);
    await bob.api.post(`/api/v1/statuses/${copy.id}/unreblog`);
    await bob.api.delete(`/api/v1/statuses/${reply.id}`);
    await fediverse.settled();
    expect(await original()).toMatchObject({ favourites_count: 0, reblogs_count: 0, replies_count: 0 });
    // What was told of them is taken back too.
    expect((await notifications(alice)).map(({ type }) => type)).toEqual(['follow']);
  });

  test('an edit and a deletion arrive', async () => {
    const posted = await alice.api.post<StatusJson>('/api/v1/statuses', { status: 'First words' });
    await fediverse.settled();
    const edited = await alice.api.ask('PUT', `/api/v1/statuses/${posted.id}`, { status: 'Better words' });
    expect(edited.status).toBe(200);
    await fediverse.settled();
    const copy = (await home(bob)).find((status) => status.uri === posted.uri);
    expect(copy?.content).toContain('Better words');
    expect(copy?.edited_at).not.toBeNull();

    await alice.api.delete(`/api/v1/statuses/${posted.id}`);
    await fediverse.settled();
    expect((await home(bob)).some((status) => status.uri === posted.uri)).toBe(false);
    expect((await bob.api.ask('GET', `/api/v1/statuses/${copy?.id}`)).status).toBe(404);
    const document = await fetch(posted.uri, { headers: { accept: 'application/activity+json' } });
    expect(document.status).toBe(410);
    expect(await copyOf(bob, posted.uri)).toBeUndefined();
  });

  test('followers-only reaches followers, direct only whom it names', async () => {
    const carol = await fediverse.away.person('carol');
    const quiet = await alice.api.post<StatusJson>('/api/v1/statuses', { status: 'For followers', visibility: 'private' });
    const direct = await alice.api.post<StatusJson>('/api/v1/statuses', { status: `@${bob.handle} for you alone`, visibility: 'direct' });
    await fediverse.settled();
    const [seenByBob] = (await home(bob)).filter((status) => status.uri === quiet.uri);
    expect(seenByBob?.visibility).toBe('private');
    const told = await notifications(bob);
    const mention = told.find((notification) => notification.status?.uri === direct.uri);
    expect(mention?.status?.visibility).toBe('direct');
    for (const id of [seenByBob?.id, mention?.status?.id]) {
      expect((await carol.api.ask('GET', `/api/v1/statuses/${id}`)).status).toBe(404);
    }
  });

  test('an unfollow is heard, and posts stop coming', async () => {
    const remote = await find(bob, alice.handle);
    await bob.api.post(`/api/v1/accounts/${remote.id}/unfollow`);
    await fediverse.settled();
    const followers = await alice.api.get<AccountJson[]>(`/api/v1/accounts/${alice.account.id}/followers`);
    expect(followers).toEqual([]);
    const unseen = await alice.api.post<StatusJson>('/api/v1/statuses', { status: 'Nobody elsewhere gets this' });
    await fediverse.settled();
    expect(await fediverse.away.backbone.store.statusesByUris([unseen.uri])).toEqual([]);
  });
});
