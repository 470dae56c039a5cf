import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Snowflake } from '@trunkline/kernel';
import type { NewNotification } from '@trunkline/social';
import { SqlMarkerStore } from '../../src/timeline/marker-store.js';
import { SqlNotificationStore } from '../../src/timeline/notification-store.js';
import { addAccount, ids, mustPost, page, startWorld, type World } from '../social/world.js';

let world: World;
let store: SqlNotificationStore;
let alice: Snowflake;
let bob: Snowflake;
beforeAll(async () => {
  world = await startWorld();
  store = new SqlNotificationStore(world.db);
  alice = await addAccount(world.store, 'alice');
  bob = await addAccount(world.store, 'bob');
}, 60_000);
afterAll(() => world.stop());

const told = (accountId: Snowflake, fact: string, change: Partial<NewNotification> = {}): NewNotification => ({
  id: ids.next(),
  accountId,
  type: 'follow',
  fromAccountId: bob,
  statusId: null,
  reportId: null,
  fact,
  ...change,
});

describe('notifications', () => {
  test('a fact is told once, whether it comes twice in one call, one after another or at once', async () => {
    const one = told(alice, 'f1');
    const made = await store.insert([one, told(alice, 'f1'), told(alice, 'f2', { type: 'favourite' })]);
    expect(made.map((row) => row.id)).toEqual([one.id, made[1]?.id]);
    expect(made).toHaveLength(2);
    expect(await store.insert([told(alice, 'f1')])).toEqual([]);
    expect(await store.insert([told(bob, 'f1')])).toHaveLength(1);
    expect(await store.insert([])).toEqual([]);
  });

  // The two events are handled by whoever has time: a worker that stood still tells last of what was taken back long ago.
  test('what is taken back is told no more, whether it was told before or comes after', async () => {
    const dora = await addAccount(world.store, 'dora');
    const shown = async () => (await store.page({ accountId: dora, page: page(), types: null, excludeTypes: [] })).length;
    await store.insert([told(dora, 'first')]);
    await store.withdraw([told(dora, 'first'), told(dora, 'later')]);
    expect(await store.insert([told(dora, 'later')])).toEqual([]);
    expect(await shown()).toBe(0);
    await store.withdraw([told(dora, 'later')]);
    await store.withdraw([]);
    await store.insert([told(dora, 'again')]);
    expect(await shown()).toBe(1);
  });

  // Two deliveries of overlapping batches, each in its own order: locks taken crosswise would deadlock.
  test('batches that overlap in opposite orders all come through, in the order given', async () => {
    const people = await Promise.all(Array.from({ length: 40 }, (_, n) => addAccount(world.store, `crowd${n}`)));
    for (let round = 0; round < 10; round += 1) {
      const forth = people.map((accountId) => told(accountId, `round${round}`));
      const back = [...people].reverse().map((accountId) => told(accountId, `round${round}`));
      const results = await Promise.all([store.insert(forth), store.insert(back)]);
      expect(results.flat()).toHaveLength(40);
      for (const [given, made] of [[forth, results[0]], [back, results[1]]] as const) {
        const order = given.map((one) => one.id);
        expect(made?.map((row) => order.indexOf(row.id))).toEqual([...(made ?? [])].map((row) => order.indexOf(row.id)).sort((a, b) => a - b));
      }
    }
  });

  test('pages by type and sender, in both directions; those about a deleted status are left out', async () => {
    const carol = await addAccount(world.store, 'carol');
    const status = await mustPost(world.store, carol);
    const [n1, n2, n3, n4] = await store.insert([
      told(carol, '1'),
      told(carol, '2', { type: 'mention', statusId: status }),
      told(carol, '3', { type: 'favourite', fromAccountId: alice, statusId: status }),
      told(carol, '4', { type: 'follow', fromAccountId: alice }),
    ]);
    const ask = async (change: Partial<Parameters<SqlNotificationStore['page']>[0]> = {}) =>
      (await store.page({ accountId: carol, page: page(), types: null, excludeTypes: [], ...change })).map((row) => row.id);
    const all = [n4?.id, n3?.id, n2?.id, n1?.id];
    expect(await ask()).toEqual(all);
    expect(await ask({ types: ['follow'] })).toEqual([n4?.id, n1?.id]);
    expect(await ask({ excludeTypes: ['follow', 'mention'] })).toEqual([n3?.id]);
    expect(await ask({ fromAccountId: bob })).toEqual([n2?.id, n1?.id]);
    expect(await ask({ page: page(2) })).toEqual(all.slice(0, 2));
    expect(await ask({ page: page(2, { minId: n1?.id as Snowflake }) })).toEqual([n3?.id, n2?.id]);
    expect(await ask({ page: page(2, { maxId: n3?.id as Snowflake }) })).toEqual([n2?.id, n1?.id]);
    await world.store.transaction((tx) => tx.deleteStatus(status));
    expect(await ask()).toEqual([n4?.id, n1?.id]);
  });

  test('dismissed ones are gone for their owner alone and do not come back with their fact', async () => {
    const dave = await addAccount(world.store, 'dave');
    const [one, two] = await store.insert([told(dave, 'a'), told(dave, 'b')]);
    if (one === undefined || two === undefined) throw new Error('not told');
    await store.dismiss(alice, [one.id]);
    expect(await store.byIds(dave, [one.id, two.id])).toHaveLength(2);
    expect(await store.byIds(alice, [one.id])).toEqual([]);
    await store.dismiss(dave, [one.id]);
    expect((await store.byIds(dave, [one.id, two.id])).map((row) => row.id)).toEqual([two.id]);
    expect(await store.insert([told(dave, 'a')])).toEqual([]);
    await store.dismiss(dave, 'all');
    expect(await store.page({ accountId: dave, page: page(), types: null, excludeTypes: [] })).toEqual([]);
  });

  test('unread ones are those above the marker, counted no further than asked', async () => {
    const erin = await addAccount(world.store, 'erin');
    const markers = new SqlMarkerStore(world.db);
    const made = await store.insert(Array.from({ length: 5 }, (_, n) => told(erin, String(n))));
    expect(await store.unreadCount(erin, 100)).toBe(5);
    expect(await store.unreadCount(erin, 3)).toBe(3);
    await markers.set(erin, 'notifications', made[1]?.id as Snowflake);
    expect(await store.unreadCount(erin, 100)).toBe(3);
  });
});

describe('markers', () => {
  test('each write raises the version, also when many come at once; timelines are apart', async () => {
    const markers = new SqlMarkerStore(world.db);
    expect(await markers.get(alice, ['home', 'notifications'])).toEqual([]);
    await Promise.all(Array.from({ length: 10 }, (_, n) => markers.set(alice, 'home', String(100 + n) as Snowflake)));
    const last = await markers.set(alice, 'home', '50' as Snowflake);
    expect(last).toMatchObject({ timeline: 'home', lastReadId: '50', version: 11 });
    await markers.set(alice, 'notifications', '7' as Snowflake);
    expect(await markers.get(alice, ['home'])).toEqual([last]);
    expect(await markers.get(alice, ['home', 'notifications'])).toHaveLength(2);
  });
});
