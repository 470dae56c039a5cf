import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startFediverse, until, type Fediverse, type TestPerson } from '../src/index.js';

interface AccountJson {
  readonly id: string;
  readonly acct: string;
  readonly suspended?: boolean;
  readonly moved?: { readonly acct: string };
}
interface StatusJson {
  readonly id: string;
  readonly uri: string;
}
interface Relationship {
  readonly following: boolean;
  readonly requested: boolean;
}

jest.setTimeout(120_000);

/** Two servers. At home Ann moves, Ben follows her, and Max moderates; away Bob follows her, Zoe is who she becomes, Mod moderates. */
let fediverse: Fediverse;
let ann: TestPerson;
let ben: TestPerson;
let max: TestPerson;
let bob: TestPerson;
let zoe: TestPerson;
let mod: TestPerson;

beforeAll(async () => {
  fediverse = await startFediverse();
  const { home, away } = fediverse;
  [ann, ben, max] = [await home.person('ann'), await home.person('ben'), await home.person('max', { role: 'Admin' })];
  [bob, zoe, mod] = [await away.person('bob'), await away.person('zoe'), await away.person('mod', { role: 'Admin' })];
});
afterAll(() => fediverse.stop());

async function find(person: TestPerson, handle: string): Promise<AccountJson> {
  const { accounts } = await person.api.get<{ accounts: AccountJson[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(handle)}`);
  const [account] = accounts;
  if (account === undefined) throw new Error(`${handle} was not found`);
  return account;
}
async function follow(person: TestPerson, handle: string): Promise<string> {
  const { id } = await find(person, handle);
  await person.api.post(`/api/v1/accounts/${id}/follow`);
  await fediverse.settled();
  return id;
}
const tie = async (person: TestPerson, id: string): Promise<Relationship> => {
  const [found] = await person.api.get<Relationship[]>(`/api/v1/accounts/relationships?id[]=${id}`);
  if (found === undefined) throw new Error(`no relationship to ${id}`);
  return found;
};

test('pins show on the profile elsewhere, the last first, and go again', async () => {
  const annThere = await follow(bob, ann.handle);
  const posts = [];
  for (const text of ['one', 'two']) posts.push(await ann.api.post<StatusJson>('/api/v1/statuses', { status: text }));
  await fediverse.settled();
  for (const post of posts) {
    await ann.api.post(`/api/v1/statuses/${post.id}/pin`);
    await fediverse.settled();
  }
  const pinned = async (): Promise<string[]> => (await bob.api.get<StatusJson[]>(`/api/v1/accounts/${annThere}/statuses?pinned=true`)).map((status) => status.uri);
  expect(await pinned()).toEqual([posts[1]?.uri, posts[0]?.uri]);
  await ann.api.post(`/api/v1/statuses/${posts[1]?.id}/unpin`);
  await fediverse.settled();
  expect(await pinned()).toEqual([posts[0]?.uri]);
});

describe('reports', () => {
  const about = async (text: string): Promise<{ target: string; status: StatusJson }> => {
    const post = await ann.api.post<StatusJson>('/api/v1/statuses', { status: text });
    await fediverse.settled();
    const { statuses } = await bob.api.get<{ statuses: StatusJson[] }>(`/api/v2/search?type=statuses&resolve=true&q=${encodeURIComponent(post.uri)}`);
    const [status] = statuses;
    if (status === undefined) throw new Error('no copy');
    return { target: (await find(bob, ann.handle)).id, status: { ...status, uri: post.uri } };
  };
  const seen = (): Promise<{ comment: string; account: { username: string; domain: string | null }; statuses: StatusJson[] }[]> => max.api.get('/api/v1/admin/reports');

  test("reach the other server's moderators when asked to, in the server's name, with the posts; else they stay", async () => {
    const { target, status } = await about('rude');
    await bob.api.post('/api/v1/reports', { account_id: target, status_ids: [status.id], comment: 'between us' });
    await fediverse.settled();
    expect(await seen()).toEqual([]);
    await bob.api.post('/api/v1/reports', { account_id: target, status_ids: [status.id], comment: 'please look', forward: true });
    await fediverse.settled();
    const [report, ...others] = await seen();
    expect(others).toEqual([]);
    expect(report).toMatchObject({ comment: 'please look', statuses: [{ uri: status.uri }] });
    expect(JSON.stringify(report)).not.toContain('bob');
    expect(report?.account.domain).toBe(fediverse.away.domain);
  });
});

test('who moves takes followers along on both servers; the old profile points to the new one; posts stay', async () => {
  const [annAtHome, annAway] = [(await find(ben, ann.handle)).id, (await find(bob, ann.handle)).id];
  await follow(ben, ann.handle);
  const zoeAtHome = (await find(ann, zoe.handle)).id;
  const refused = await ann.api.ask('POST', '/api/v1/profile/move', { account: zoe.handle, password: ann.password });
  expect(refused.status).toBe(422);
  expect(await zoe.api.post('/api/v1/profile/aliases', { account: ann.handle })).toEqual({ aliases: [ann.account.uri] });
  await fediverse.settled();
  await ann.api.post('/api/v1/profile/move', { account: zoe.handle, password: ann.password });
  await fediverse.settled();

  await until('followers to be taken along', async () => ((await tie(ben, zoeAtHome)).following && (await tie(bob, zoe.account.id)).following) || null);
  await fediverse.settled();
  expect([(await tie(ben, annAtHome)).following, (await tie(bob, annAway)).following]).toEqual([false, false]);
  for (const [person, id] of [[ben, annAtHome], [bob, annAway]] as const) {
    const shown = await person.api.get<AccountJson>(`/api/v1/accounts/${id}`);
    expect([shown.acct, shown.moved?.acct]).toEqual([person === ben ? 'ann' : ann.handle, person === ben ? zoe.handle : 'zoe']);
  }
  // Whoever has moved takes no new followers.
  expect((await bob.api.ask('POST', `/api/v1/accounts/${annAway}/follow`)).status).not.toBe(200);
  expect((await bob.api.get<StatusJson[]>(`/api/v1/accounts/${annAway}/statuses`)).length).toBeGreaterThan(0);
  // The follow is as good as any: what Zoe writes arrives at home.
  const post = await zoe.api.post<StatusJson>('/api/v1/statuses', { status: 'here I am' });
  await fediverse.settled();
  expect((await ben.api.get<StatusJson[]>('/api/v1/timelines/home')).map((status) => status.uri)).toContain(post.uri);
});

test('a suspension at home hides the account elsewhere until it ends, unless moderators there decided as well', async () => {
  const benAway = await follow(bob, ben.handle);
  const shown = async (): Promise<boolean> => (await bob.api.get<AccountJson>(`/api/v1/accounts/${benAway}`)).suspended === true;
  const decide = async (path: string, body?: Readonly<Record<string, unknown>>): Promise<void> => {
    await max.api.post(`/api/v1/admin/accounts/${ben.account.id}/${path}`, body);
    await fediverse.settled();
  };
  expect(await shown()).toBe(false);
  await decide('action', { type: 'suspend' });
  expect(await shown()).toBe(true);
  await decide('unsuspend');
  expect(await shown()).toBe(false);
  await mod.api.post(`/api/v1/admin/accounts/${benAway}/action`, { type: 'suspend' });
  await decide('action', { type: 'suspend' });
  await decide('unsuspend');
  expect(await shown()).toBe(true);
});
