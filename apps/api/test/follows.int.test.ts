import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Account } from '@trunkline/domain';
import { newLocalAccount } from '@trunkline/social';
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

const act = async (person: TestPerson, target: { readonly id: string }, verb: string, body: Json = {}): Promise<Json> =>
  conforming('Relationship', await person.api.post(`/api/v1/accounts/${target.id}/${verb}`, body));
const list = (person: TestPerson | null, path: string) => (person?.api ?? nobody(server)).ask<Json[]>('GET', `/api/v1/${path}`);

function remoteAccount(name: string): Promise<Account> {
  const { ids, store } = server.backbone;
  const id = ids.next();
  const base = 'https://away.example';
  const profile = { ...newLocalAccount({ id, username: name, baseUrl: base, now: new Date() }), domain: 'away.example', fetchedAt: new Date() };
  return store.transaction((tx) => tx.upsertRemoteAccount(profile, { freshId: id, goesOn: false }));
}

describe('following', () => {
  test('at once, with options that change later, and undone', async () => {
    expect(await act(alice, bob.account, 'follow')).toMatchObject({ following: true, requested: false, showing_reblogs: true, notifying: false });
    expect(await act(alice, bob.account, 'follow', { reblogs: false, notify: true, languages: ['de'] })).toMatchObject({ showing_reblogs: false, notifying: true, languages: ['de'] });
    expect(await act(alice, bob.account, 'follow', { reblogs: true })).toMatchObject({ showing_reblogs: true, notifying: true });
    expect(await bob.api.get(`/api/v1/accounts/relationships?id[]=${alice.account.id}&id[]=1`)).toMatchObject([{ id: alice.account.id, followed_by: true, following: false }]);
    expect(idsOf(allConforming('Account', (await list(null, `accounts/${bob.account.id}/followers`)).body))).toEqual([alice.account.id]);
    expect(idsOf((await list(null, `accounts/${alice.account.id}/following`)).body)).toEqual([bob.account.id]);
    expect(await act(alice, bob.account, 'unfollow')).toMatchObject({ following: false, requested: false });
  });

  test('a locked account decides; only what waits can be decided', async () => {
    const [carl, dora] = [await server.person('carl', { locked: true }), await server.person('dora')];
    for (const person of [alice, dora]) expect(await act(person, carl.account, 'follow')).toMatchObject({ following: false, requested: true });
    expect(idsOf(allConforming('Account', (await list(carl, 'follow_requests')).body))).toEqual([dora.account.id, alice.account.id]);
    expect(await carl.api.get('/api/v1/accounts/verify_credentials')).toMatchObject({ source: { follow_requests_count: 2 } });
    expect(await carl.api.post(`/api/v1/follow_requests/${alice.account.id}/authorize`)).toMatchObject({ id: alice.account.id, followed_by: true });
    expect(await carl.api.post(`/api/v1/follow_requests/${dora.account.id}/reject`)).toMatchObject({ followed_by: false });
    for (const verb of ['authorize', 'reject']) expect((await carl.api.ask('POST', `/api/v1/follow_requests/${alice.account.id}/${verb}`)).status).toBe(404);
    expect(await act(carl, alice.account, 'remove_from_followers')).toMatchObject({ followed_by: false });
  });

  test('unlocking lets in who waits', async () => {
    const emil = await server.person('emil', { locked: true });
    await act(alice, emil.account, 'follow');
    expect((await emil.api.ask('PATCH', '/api/v1/accounts/update_credentials', { locked: false })).status).toBe(200);
    expect(await alice.api.get(`/api/v1/accounts/relationships?id=${emil.account.id}`)).toMatchObject([{ following: true, requested: false }]);
  });

  test('an account elsewhere is requested until it answers', async () => {
    const remote = await remoteAccount('remi');
    expect(await act(alice, remote, 'follow')).toMatchObject({ following: false, requested: true });
    const events = await server.backbone.db.query<{ payload: Json }>("SELECT payload FROM events.outbox WHERE subject = 'follow.requested.v1' ORDER BY id DESC LIMIT 1");
    expect(events).toMatchObject([{ payload: { followerId: alice.account.id, targetId: remote.id } }]);
    expect(await act(alice, remote, 'unfollow')).toMatchObject({ requested: false });
  });

  test('not oneself, not who blocks, not who is unknown or gone', async () => {
    expect((await alice.api.ask('POST', `/api/v1/accounts/${alice.account.id}/follow`)).status).toBe(403);
    expect((await alice.api.ask('POST', '/api/v1/accounts/1/follow')).status).toBe(404);
    const greta = await server.person('greta');
    await act(greta, alice.account, 'block');
    expect(await alice.api.ask('POST', `/api/v1/accounts/${greta.account.id}/follow`)).toMatchObject({ status: 403, body: { error: 'This action is not allowed' } });
  });

  test('followers page by the follow, newest first; hidden lists are empty for others', async () => {
    const star = await server.person('star');
    const fans: TestPerson[] = [];
    for (const name of ['fan1', 'fan2', 'fan3']) {
      const fan = await server.person(name);
      await act(fan, star.account, 'follow');
      fans.unshift(fan);
    }
    const ids = fans.map((fan) => fan.account.id);
    const first = await list(null, `accounts/${star.account.id}/followers?limit=2`);
    expect(idsOf(first.body)).toEqual(ids.slice(0, 2));
    const second = await nobody(server).ask<Json[]>('GET', linkOf(first.headers, 'next') ?? '');
    expect(idsOf(second.body)).toEqual(ids.slice(2));
    expect(linkOf(first.headers, 'prev')).toContain('since_id=');
    // People at odds with the viewer are left out.
    await act(alice, fans[0]?.account ?? star.account, 'mute');
    expect(idsOf((await list(alice, `accounts/${star.account.id}/followers`)).body)).toEqual(ids.slice(1));
    await star.api.ask('PATCH', '/api/v1/accounts/update_credentials', { hide_collections: true });
    expect((await list(alice, `accounts/${star.account.id}/followers`)).body).toEqual([]);
    expect(idsOf((await list(star, `accounts/${star.account.id}/followers`)).body)).toEqual(ids);
  });
});

describe('blocks and mutes', () => {
  test('a block cuts both follows and says so to the blocker', async () => {
    const [hans, ines] = [await server.person('hans'), await server.person('ines')];
    await act(hans, ines.account, 'follow');
    await act(ines, hans.account, 'follow');
    expect(await act(hans, ines.account, 'block')).toMatchObject({ blocking: true, following: false, followed_by: false });
    expect(await ines.api.get(`/api/v1/accounts/relationships?id[]=${hans.account.id}`)).toMatchObject([{ following: false, blocked_by: true }]);
    expect(idsOf(allConforming('Account', (await list(hans, 'blocks')).body))).toEqual([ines.account.id]);
    expect((await list(ines, 'blocks')).body).toEqual([]);
    expect(await act(hans, ines.account, 'unblock')).toMatchObject({ blocking: false, followed_by: false });
  });

  test('a mute hides, with or without notifications, for a while or until undone', async () => {
    expect(await act(alice, bob.account, 'mute', { notifications: false })).toMatchObject({ muting: true, muting_notifications: false });
    expect(await act(alice, bob.account, 'mute', { duration: 3600 })).toMatchObject({ muting: true, muting_notifications: true });
    const listed = allConforming('MutedAccount', (await list(alice, 'mutes')).body).find(({ id }) => id === bob.account.id);
    const leftMs = Date.parse(String(listed?.['mute_expires_at'])) - Date.now();
    expect(leftMs).toBeGreaterThan(3_000_000);
    expect(leftMs).toBeLessThan(4_200_000);
    expect(await act(alice, bob.account, 'unmute')).toMatchObject({ muting: false });
    expect(idsOf((await list(alice, 'mutes')).body)).not.toContain(bob.account.id);
  });

  test('nobody blocks or mutes themselves', async () => {
    expect(await alice.api.ask('POST', `/api/v1/accounts/${alice.account.id}/mute`)).toMatchObject({ status: 200, body: { muting: false } });
    expect(await alice.api.ask('POST', `/api/v1/accounts/${alice.account.id}/block`)).toMatchObject({ status: 200, body: { blocking: false } });
  });
});

test('everything here needs its scope', async () => {
  const reader = await server.person('reader', { scopes: ['read'] });
  for (const verb of ['follow', 'unfollow', 'block', 'unblock', 'mute', 'unmute', 'remove_from_followers']) {
    expect((await reader.api.ask('POST', `/api/v1/accounts/${bob.account.id}/${verb}`)).status).toBe(403);
    expect((await nobody(server).ask('POST', `/api/v1/accounts/${bob.account.id}/${verb}`)).status).toBe(401);
  }
  const writer = await server.person('writer', { scopes: ['follow'] });
  expect((await writer.api.ask('POST', `/api/v1/accounts/${bob.account.id}/follow`)).status).toBe(200);
});
