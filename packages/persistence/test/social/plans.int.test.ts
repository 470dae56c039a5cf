import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { firstIdAt, type Snowflake } from '@trunkline/kernel';
import type { SocialTransaction } from '@trunkline/social';
import type { Database, Queryable } from '../../src/database.js';
import { SqlListStore } from '../../src/social/list-store.js';
import { PlanningReads } from '../../src/social/planning-reads.js';
import { SqlPulledAuthors } from '../../src/timeline/pulled-authors.js';
import { seedManyRows } from './many-rows.js';
import { addAccount, followTie, ids, mustPost, newStatus, page, profile, startWorld, type World } from './world.js';

let world: World;
let alice: Snowflake;
let bob: Snowflake;
let status: Snowflake;
beforeAll(async () => {
  world = await startWorld(4);
  await seedManyRows(world.db);
  alice = await addAccount(world.store, 'alice');
  bob = await addAccount(world.store, 'bob', 'far.example');
  status = await mustPost(world.store, alice, { tags: ['cats'] });
  await mustPost(world.store, bob, { boostOfId: status });
  await mustPost(world.store, bob, { inReplyToId: status, inReplyToAccountId: alice });
}, 60_000);
afterAll(() => world.stop());

const bounds = () => page(20, { maxId: firstIdAt(Date.now() + 60_000), sinceId: '1' as Snowflake });
const account = (tagged?: string) => ({
  accountId: alice, page: bounds(), visibilities: ['public' as const], viewerId: bob,
  excludeReplies: true, excludeBoosts: true, onlyMedia: true, tagged,
});

const CALLS: readonly [string, (tx: SocialTransaction) => Promise<unknown>][] = [
  ['accountsByIds', (tx) => tx.accountsByIds([alice, bob])],
  ['accountsByUris', (tx) => tx.accountsByUris(['https://x.example/1'])],
  ['accountsByHandles', (tx) => tx.accountsByHandles([{ username: 'alice', domain: null }])],
  ['searchAccounts', (tx) => tx.searchAccounts({ text: 'ali', limit: 5, offset: 0 })],
  ['searchAccounts by handle', (tx) => tx.searchAccounts({ text: 'bob@far', limit: 5, offset: 0 })],
  ['searchAccounts among followed', (tx) => tx.searchAccounts({ text: 'bo', limit: 5, offset: 0, followedBy: alice })],
  ['statusesByIds', (tx) => tx.statusesByIds([status])],
  ['statusesByUris', (tx) => tx.statusesByUris(['https://x.example/1'])],
  ['accountStatusIds', (tx) => tx.accountStatusIds(account())],
  ['accountStatusIds tagged', (tx) => tx.accountStatusIds(account('cats'))],
  ['publicStatusIds', (tx) => tx.publicStatusIds({ page: bounds(), scope: 'all', onlyMedia: false })],
  ['publicStatusIds local', (tx) => tx.publicStatusIds({ page: bounds(), scope: 'local', onlyMedia: false })],
  ['publicStatusIds media', (tx) => tx.publicStatusIds({ page: bounds(), scope: 'remote', onlyMedia: true })],
  ['tagStatusIds', (tx) => tx.tagStatusIds({ page: bounds(), any: ['cats'], all: ['a'], none: ['b'], scope: 'all', onlyMedia: false })],
  ['homeStatusIds', (tx) => tx.homeStatusIds(alice, 40)],
  ['writtenAmong', (tx) => tx.writtenAmong(alice, [status])],
  ['boostTargets', (tx) => tx.boostTargets([status])],
  ['ancestorIds', (tx) => tx.ancestorIds(status, 40)],
  ['descendantIds', (tx) => tx.descendantIds(status, 40)],
  ['statusEdits', (tx) => tx.statusEdits(status, 40)],
  ['publicReplyUris', (tx) => tx.publicReplyUris(status, { limit: 10 })],
  ['statusFlags', (tx) => tx.statusFlags(alice, [status])],
  ['boostIds', (tx) => tx.boostIds(alice, [status])],
  ['boostedByIds', (tx) => tx.boostedByIds(status, bounds())],
  ['favouritedByIds', (tx) => tx.favouritedByIds(status, bounds())],
  ['quotingIds', (tx) => tx.quotingIds(status, bounds())],
  ['quotesByStamp', (tx) => tx.quotesByStamp('seed:q7')],
  ['quoteRequest', (tx) => tx.quoteRequest(status)],
  ['localQuoters', (tx) => tx.localQuoters(status, 10)],
  ['changeQuote', (tx) => tx.changeQuote('7' as Snowflake, { state: 'accepted', quotedId: status }, ['pending'])],
  ['replaceQuote', (tx) => tx.replaceQuote(status, { quotedId: null, quotedUri: 'https://x.example/9', state: 'pending', stampUri: null, legacy: false })],
  ['setQuotePolicy', (tx) => tx.setQuotePolicy(status, { automatic: ['followers'], manual: [] })],
  ['favouriteStatusIds', (tx) => tx.favouriteStatusIds(alice, bounds())],
  ['bookmarkStatusIds', (tx) => tx.bookmarkStatusIds(alice, bounds())],
  ['viewerTies', (tx) => tx.viewerTies(alice, [bob])],
  ['relationships', (tx) => tx.relationships(alice, [bob])],
  ['followerIds', (tx) => tx.followerIds(alice, bounds())],
  ['followingIds', (tx) => tx.followingIds(alice, bounds())],
  ['followRequestIds', (tx) => tx.followRequestIds(alice, bounds())],
  ['blockedIds', (tx) => tx.blockedIds(alice, bounds())],
  ['mutedIds', (tx) => tx.mutedIds(alice, bounds())],
  ['followedHere', (tx) => tx.followedHere([alice, bob])],
  ['followerPages', (tx) => tx.followerPages([{ authorId: alice, afterId: '1' as Snowflake, alsoFollowing: null }, { authorId: bob, afterId: '1' as Snowflake, alsoFollowing: alice }], 10)],
  ['touchedFollowers', (tx) => tx.touchedFollowers([{ authorId: alice, afterId: '1' as Snowflake, upToId: bob, people: [alice, bob] }])],
  ['bellFollowers', (tx) => tx.bellFollowers([alice, bob], '0' as Snowflake, 10)],
  ['followerInboxes', (tx) => tx.followerInboxes([alice, bob].map((accountId) => ({ accountId, afterInbox: '' })), 10)],
  ['interactedWith', (tx) => tx.interactedWith([status, '7' as Snowflake], 10)],
  ['isTombstoned', (tx) => tx.isTombstoned('https://far.example/people/rae', ['x'])],
  ['peerDomains', (tx) => tx.peerDomains(10)],
  ['insertStatus', (tx) => tx.insertStatus(newStatus(bob, { local: false, inReplyToUri: 'https://x.example/0' }))],
  ['insertStatuses', (tx) => tx.insertStatuses([1, 2].map((n) => newStatus(bob, { local: false, uri: `https://x.example/s${n}`, tags: ['cats'], inReplyToUri: 'https://x.example/0' })))],
  ['adoptOrphans', (tx) => tx.adoptOrphans([{ uri: 'https://x.example/0', id: status, accountId: alice }])],
  ['heardUnder', (tx) => tx.consents.heardUnder(alice, 'https://far.example/accepts/1')],
  ['noteHeard', (tx) => tx.consents.noteHeard({ accountId: alice, what: 'accept', aboutUri: 'https://x.example/1', uri: 'https://far.example/accepts/1' })],
  ['replyStamp', (tx) => tx.consents.replyStamp(status)],
  ['repliesByStamp', (tx) => tx.consents.repliesByStamp('https://far.example/stamps/1')],
  ['tellReplyStamps', (tx) => tx.consents.tellReplyStamps([{ statusId: status, uri: 'https://far.example/stamps/1' }])],
  ['judgeReplyStamp', (tx) => tx.consents.judgeReplyStamp(status, 'https://far.example/stamps/1', 'accepted')],
  ['untieReply', (tx) => tx.consents.untieReply(status)],
  ['editStatuses', (tx) => tx.editStatuses([{ statusId: status, content: '', text: null, spoilerText: '', sensitive: false, language: null, media: [], emojis: [], tags: [], mentions: [], audience: 'direct', editedAt: new Date() }])],
  ['upsertRemoteAccount', (tx) => tx.upsertRemoteAccount(profile('new', 'far.example'), { freshId: ids.next(), goesOn: true })],
  ['insertFollow', (tx) => tx.insertFollow(followTie(alice, bob))],
  ['deleteStatus', (tx) => tx.deleteStatus(status)],
  ['deleteAccount', (tx) => tx.deleteAccount(alice)],
  ['deleteAccounts', (tx) => tx.deleteAccounts([alice, bob])],
  ['insertBlocks', (tx) => tx.insertBlocks([{ id: ids.next(), accountId: alice, targetId: bob, uri: 'https://far.example/blocks/1' }])],
  ['deleteBlocks', (tx) => tx.deleteBlocks([{ accountId: alice, targetId: bob }])],
  ['deleteReactions', (tx) => tx.deleteReactions([{ accountId: alice, statusId: status, name: '👍' }])],
  ['firstReactions', (tx) => tx.firstReactions([{ accountId: alice, statusId: status }])],
  ['favouritesBetween', (tx) => tx.favouritesBetween([{ accountId: alice, statusId: status }])],
];

// On tables of this size the planner reads a whole one only where no index serves.
test.each(CALLS)('%s needs no sequential scan', async (_name, call) => {
  const { db, store } = world;
  const plans: string[] = [];
  const rollback = new Error('rolled back');
  await expect(
    db.transaction(async (tx) => {
      const explaining: Queryable = {
        query: async <R>(sql: string, params?: readonly unknown[]) => {
          const plan = await tx.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, params);
          plans.push(plan.map((line) => line['QUERY PLAN']).join('\n'));
          return tx.query<R>(sql, params);
        },
      };
      await call(store.within(explaining));
      throw rollback;
    }),
  ).rejects.toBe(rollback);
  expect(plans.length).toBeGreaterThan(0);
  expect(plans.filter((plan) => /Seq Scan on (?!hosts|users)\w/.test(plan))).toEqual([]);
});

test('posts of pulled authors are found by the index of each author', async () => {
  const { db } = world;
  await db.query('INSERT INTO timeline.pulled_authors (account_id) SELECT DISTINCT target_account_id FROM social.follows ORDER BY 1 LIMIT 50');
  const [follow] = await db.query<{ id: Snowflake }>('SELECT f.account_id AS id FROM social.follows f JOIN timeline.pulled_authors p ON p.account_id = f.target_account_id LIMIT 1');
  const { explaining, plans } = explainingOn(db);
  const pulled = new SqlPulledAuthors(explaining, 0);
  expect(await pulled.any()).toBe(true);
  await pulled.page(follow?.id ?? alice, { maxId: null, minId: null, limit: 20 });
  await pulled.page(follow?.id ?? alice, { maxId: null, minId: '1' as Snowflake, limit: 20 });
  await pulled.among([{ id: bob, followersCount: 1 }]);
  expect(plans.length).toBeGreaterThanOrEqual(4);
  expect(plans.filter((plan) => /Seq Scan on (?!hosts|users|pulled_authors)\w/.test(plan))).toEqual([]);
});

test('what planners of many events ask is found by indexes', async () => {
  const { explaining, plans } = explainingOn(world.db);
  const reads = new PlanningReads(explaining);
  await reads.ancestorsOf([status, '7' as Snowflake], 40);
  await reads.favouritesByIds([status, '7' as Snowflake]);
  await reads.favouritesBetween([{ accountId: alice, statusId: status }]);
  await reads.blocksBetween([{ accountId: alice, targetId: bob }]);
  await reads.votesByIds(['7' as Snowflake]);
  expect(plans).toHaveLength(5);
  expect(plans.filter((plan) => /Seq Scan on (?!hosts|users)\w/.test(plan))).toEqual([]);
});

test('lists, their members and their timelines are found by indexes', async () => {
  const { db } = world;
  const [list] = await db.query<{ id: Snowflake; accountId: Snowflake; memberId: Snowflake }>(
    'SELECT list_id AS id, owner_id AS "accountId", member_id AS "memberId" FROM social.list_members ORDER BY id LIMIT 1',
  );
  if (list === undefined) throw new Error('nobody is in a list');
  const { explaining, plans } = explainingOn(db);
  const transaction = <T>(work: (tx: Queryable) => Promise<T>): Promise<T> => work(explaining);
  const lists = new SqlListStore({ query: explaining.query, transaction } as Database);
  const given = { id: list.id, accountId: list.accountId, title: 'x', repliesPolicy: 'list' as const, exclusive: true };
  await lists.ofAccount(list.accountId);
  expect(await lists.find(list.accountId, list.id)).not.toBeNull();
  expect((await lists.holding(list.accountId, list.memberId)).length).toBeGreaterThan(0);
  await lists.members(list.id, page(40));
  await lists.statusIds(given, page(40));
  await lists.statusIds(given, page(40, { minId: '1' as Snowflake }));
  expect((await lists.among([list.id], [list.memberId])).get(list.id)?.members).toEqual(new Set([list.memberId]));
  await lists.update(list.accountId, list.id, { exclusive: true });
  const marked = (): Promise<{ apart: boolean }[]> => db.query('SELECT apart FROM social.follows WHERE account_id = $1 AND target_account_id = $2 LIMIT 1', [list.accountId, list.memberId]);
  expect(await marked()).toEqual([{ apart: true }]);
  await lists.take(given, [list.memberId]);
  expect(await lists.add(given, [{ id: ids.next(), accountId: list.memberId }])).toBe('added');
  expect(await lists.add(given, [{ id: ids.next(), accountId: list.memberId }])).toBe('taken');
  expect(await lists.remove(list.accountId, list.id)).toBe(true);
  expect(await marked()).toEqual([{ apart: false }]);
  expect(plans.filter((plan) => /Seq Scan on (?!hosts|users)\w/.test(plan))).toEqual([]);
});

/** Asks for the plan of each statement before it is run. */
function explainingOn(db: Queryable): { readonly explaining: Queryable; readonly plans: string[] } {
  const plans: string[] = [];
  const explaining: Queryable = {
    query: async <R>(sql: string, params?: readonly unknown[]) => {
      const plan = await db.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, params);
      plans.push(plan.map((line) => line['QUERY PLAN']).join('\n'));
      return db.query<R>(sql, params);
    },
  };
  return { explaining, plans };
}
