import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestPerson, TestServer } from '@trunkline/testing';
import { allConforming, conforming, idsOf, nobody, startApi, type Json } from './api-server.js';

let server: TestServer;
let alice: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  server = await startApi();
  [alice, bob] = [await server.person('alice'), await server.person('bob')];
}, 60_000);
afterAll(() => server?.stop());

const write = async (text: string, more: Json = {}): Promise<string> => String((await alice.api.post('/api/v1/statuses', { status: text, ...more }))['id']);
const pin = (person: TestPerson, id: string, verb = 'pin') => person.api.ask<Json>('POST', `/api/v1/statuses/${id}/${verb}`);
const pinned = async (reader: { get(path: string): Promise<Json[]> }): Promise<string[]> => idsOf(allConforming('Status', await reader.get(`/api/v1/accounts/${alice.account.id}/statuses?pinned=true`)));

test('five at most, the last first, in every list marked for their author alone, gone with the post', async () => {
  const ids = [];
  for (const n of [1, 2, 3, 4, 5, 6]) ids.push(await write(`post ${n}`));
  for (const id of ids.slice(0, 5)) expect(conforming('Status', (await pin(alice, id)).body)).toMatchObject({ id, pinned: true });
  expect((await pin(alice, ids[0] ?? '')).status).toBe(200);
  expect(await pin(alice, ids[5] ?? '')).toMatchObject({ status: 422, body: { error: 'Validation failed: You have already pinned the maximum number of posts' } });
  expect(await pinned(alice.api)).toEqual(ids.slice(0, 5).reverse());
  expect(await pinned(nobody(server))).toEqual(ids.slice(0, 5).reverse());

  const marks = async (reader: TestPerson): Promise<unknown[]> => (await reader.api.get<Json[]>(`/api/v1/accounts/${alice.account.id}/statuses`)).map((status) => status['pinned']);
  expect(await marks(alice)).toEqual([false, true, true, true, true, true]);
  expect(await marks(bob)).toEqual(Array.from({ length: 6 }, () => undefined));

  expect(conforming('Status', (await pin(alice, ids[4] ?? '', 'unpin')).body)).toMatchObject({ pinned: false });
  await alice.api.ask('DELETE', `/api/v1/statuses/${ids[3]}`);
  expect(await pinned(alice.api)).toEqual([ids[2], ids[1], ids[0]]);
  expect((await marks(alice)).filter(Boolean)).toHaveLength(3);
  expect((await pin(alice, ids[5] ?? '')).status).toBe(200);
});

test("others' posts, boosts and direct ones cannot be pinned; what is for followers is pinned for them", async () => {
  const [open, closed, direct] = [await write('open'), await write('closed', { visibility: 'private' }), await write('direct', { visibility: 'direct' })];
  expect(await pin(bob, open)).toMatchObject({ status: 422, body: { error: "Validation failed: Someone else's post cannot be pinned" } });
  expect((await pin(bob, closed)).status).toBe(404);
  const boost = await alice.api.post<Json>(`/api/v1/statuses/${open}/reblog`);
  expect((await pin(alice, String(boost['id']))).status).toBe(422);
  expect((await pin(alice, direct)).status).toBe(422);
  expect((await pin(alice, closed)).status).toBe(200);
  expect((await pinned(alice.api))[0]).toBe(closed);
  expect(await pinned(bob.api)).not.toContain(closed);
  expect(await pinned(nobody(server))).not.toContain(closed);
});
