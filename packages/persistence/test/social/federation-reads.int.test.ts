import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FederationReads } from '../../src/index.js';
import { addAccount, ids, startWorld, type World } from './world.js';

let world: World;
let reads: FederationReads;
beforeAll(async () => {
  world = await startWorld();
  reads = new FederationReads(world.db);
}, 60_000);
afterAll(() => world.stop());

test('ties by the ids in their uris, a follower by host, every inbox once', async () => {
  const { store } = world;
  const ann = await addAccount(store, 'ann');
  const bob = await addAccount(store, 'bob', 'b.example');
  const bea = await addAccount(store, 'bea', 'b.example');
  const cid = await addAccount(store, 'cid', 'c.example');
  const options = { uri: null, showBoosts: true, notify: false, languages: null };
  const [followId, requestId] = [ids.next(), ids.next()];
  await store.transaction(async (tx) => {
    await tx.insertFollow({ ...options, id: followId, accountId: bob, targetId: ann });
    await tx.insertFollowRequest({ ...options, id: requestId, accountId: ann, targetId: cid });
  });
  expect(await reads.followById(followId)).toEqual({ accountId: bob, targetId: ann, stands: true });
  expect(await reads.followById(requestId)).toEqual({ accountId: ann, targetId: cid, stands: false });
  expect(await reads.followById(ids.next())).toBeNull();
  expect(await reads.favouriteById(ids.next())).toBeNull();
  expect([bob, bea]).toContain(await reads.followerAtHost(ann, 'b.example'));
  expect(await reads.followerAtHost(ann, 'c.example')).toBeNull();

  const first = await reads.knownInboxes('', 1);
  expect(first).toEqual([{ inbox: 'https://b.example/inbox', domain: 'b.example' }]);
  expect(await reads.knownInboxes(first[0]?.inbox ?? '', 10)).toEqual([{ inbox: 'https://c.example/inbox', domain: 'c.example' }]);
});
