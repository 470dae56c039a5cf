import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ScriptedRemote, type TestPerson, type TestServer } from '@trunkline/testing';
import { conforming, startApi, type Json } from './api-server.js';

let server: TestServer;
let remote: ScriptedRemote;
let alice: TestPerson;

beforeAll(async () => {
  remote = await ScriptedRemote.start();
  server = await startApi({}, [remote.host]);
  alice = await server.person('alice');
}, 60_000);
afterAll(() => Promise.all([server?.stop(), remote?.stop()]));

const shows = (change: Json): void => void remote.documents.set(remote.person.id, remote.person.actor(change));
const move = (body: Json) => alice.api.ask<Json>('POST', '/api/v1/profile/move', body);
const movedTo = async (): Promise<string | null> => (await server.backbone.store.accountsByIds([alice.account.id]))[0]?.movedToUri ?? null;

test('aliases are added by handle or address, and taken away', async () => {
  expect(await alice.api.get('/api/v1/profile/aliases')).toEqual({ aliases: [] });
  expect(await alice.api.post('/api/v1/profile/aliases', { account: `@${remote.person.handle}` })).toEqual({ aliases: [remote.person.id] });
  expect(await alice.api.post('/api/v1/profile/aliases', { account: remote.person.id })).toEqual({ aliases: [remote.person.id] });
  expect((await alice.api.ask('POST', '/api/v1/profile/aliases', { account: alice.handle })).status).toBe(403);
  expect((await alice.api.ask('POST', '/api/v1/profile/aliases', { account: 'nobody@nowhere.invalid' })).status).toBe(404);
  expect((await alice.api.ask('DELETE', '/api/v1/profile/aliases', { account: remote.person.id })).body).toEqual({ aliases: [] });
});

test('nobody moves without a password and the other side’s word, nor twice in a week; staying takes the sign away', async () => {
  const account = remote.person.handle;
  expect((await move({ account, password: 'not hers' })).status).toBe(403);
  expect(await move({ account, password: alice.password })).toMatchObject({ status: 422, body: { error: expect.stringContaining('aliases') } });
  expect(await movedTo()).toBeNull();
  shows({ alsoKnownAs: [alice.account.uri] });
  const moved = await move({ account, password: alice.password });
  expect([moved.status, await movedTo()]).toEqual([200, remote.person.id]);
  expect(conforming('Account', moved.body)).toMatchObject({ moved: { acct: remote.person.handle } });
  expect(conforming('Account', await alice.api.get<Json>(`/api/v1/accounts/${alice.account.id}`))).toMatchObject({ moved: { acct: remote.person.handle } });

  const other = remote.addPerson('other');
  remote.documents.set(other.id, other.actor({ alsoKnownAs: [alice.account.uri] }));
  expect(await move({ account: other.handle, password: alice.password })).toMatchObject({ status: 422, body: { error: expect.stringContaining('seven days') } });
  expect((await alice.api.ask('DELETE', '/api/v1/profile/move')).body).not.toHaveProperty('moved');
  expect(await movedTo()).toBeNull();
});
