import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Snowflake } from '@trunkline/kernel';
import type { SocialTransaction } from '@trunkline/social';
import type { Queryable } from '../../src/database.js';
import { seedManyRows } from './many-rows.js';
import { addAccount, mustPost, newStatus, startWorld, type World } from './world.js';

let world: World;
let alice: Snowflake;
let bob: Snowflake;
let status: Snowflake;
// So many rows that a whole table is read in milliseconds, and so few that the planner may find that cheap.
beforeAll(async () => {
  world = await startWorld(4);
  await seedManyRows(world.db);
  await world.db.query('DELETE FROM social.statuses WHERE id > 4000');
  await world.db.query('DELETE FROM social.mentions WHERE status_id > 4000');
  await world.db.query('DELETE FROM social.accounts WHERE id > 2000');
  for (const table of ['statuses', 'mentions', 'accounts']) await world.db.query(`VACUUM FULL ANALYZE social.${table}`);
  alice = await addAccount(world.store, 'alice');
  bob = await addAccount(world.store, 'bob', 'far.example');
  status = await mustPost(world.store, alice, { tags: ['cats'] });
}, 60_000);
afterAll(() => world.stop());

const answer = (n: number) => newStatus(bob, { local: false, uri: `https://x.example/s${n}`, tags: ['cats'], mentions: [{ accountId: alice, silent: false }], inReplyToUri: 'https://x.example/0' });

/** What every post asks. */
const CALLS: readonly [string, (tx: SocialTransaction) => Promise<unknown>][] = [
  ['insertStatuses of one', (tx) => tx.insertStatuses([answer(1)])],
  ['insertStatuses of three', (tx) => tx.insertStatuses([1, 2, 3].map(answer))],
  ['adoptOrphans', (tx) => tx.adoptOrphans([{ uri: 'https://x.example/0', id: status, accountId: alice }])],
  ['statusesByIds', (tx) => tx.statusesByIds([status])],
  ['statusesByUris', (tx) => tx.statusesByUris(['https://x.example/1'])],
  ['accountsByIds', (tx) => tx.accountsByIds([alice, bob])],
  ['accountsByUris', (tx) => tx.accountsByUris(['https://x.example/1'])],
  ['followedHere', (tx) => tx.followedHere([alice, bob])],
  ['followerPages', (tx) => tx.followerPages([{ authorId: alice, afterId: '1' as Snowflake, alsoFollowing: null }], 500)],
  ['touchedFollowers', (tx) => tx.touchedFollowers([{ authorId: alice, afterId: '1' as Snowflake, upToId: bob, people: [alice, bob] }])],
  ['bellFollowers', (tx) => tx.bellFollowers([alice, bob], '0' as Snowflake, 10)],
];

// A plan is made once for whatever is asked, as of statements that a connection has prepared.
test.each(CALLS)('%s looks up what it needs, also where whole tables are small', async (_name, call) => {
  const { db, store } = world;
  const plans: string[] = [];
  const rollback = new Error('rolled back');
  await expect(
    db.transaction(async (tx) => {
      await tx.query('SET LOCAL plan_cache_mode = force_generic_plan');
      let number = 0;
      const explaining: Queryable = {
        query: async <R>(sql: string, params: readonly unknown[] = []) => {
          const name = `young_${(number += 1)}`;
          await tx.query(`PREPARE ${name} AS ${sql}`);
          const nulls = params.length === 0 ? '' : `(${params.map(() => 'NULL').join(', ')})`;
          const plan = await tx.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE ${name}${nulls}`);
          plans.push(plan.map((line) => line['QUERY PLAN']).join('\n'));
          await tx.query(`DEALLOCATE ${name}`);
          return tx.query<R>(sql, params);
        },
      };
      await call(store.within(explaining));
      throw rollback;
    }),
  ).rejects.toBe(rollback);
  expect(plans.length).toBeGreaterThan(0);
  expect(plans.filter((plan) => /Seq Scan on (statuses|accounts|mentions|follows|status_stats|account_stats)\b/.test(plan))).toEqual([]);
});
