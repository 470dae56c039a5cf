import { randomInt } from 'node:crypto';
import { SnowflakeGenerator, type AccountId, type Snowflake, type StatusId } from '@trunkline/kernel';
import type { AccountProfile, FollowTie, NewStatus } from '@trunkline/social';
import type { Database } from '../../src/database.js';
import { SqlSocialStore } from '../../src/social/social-store.js';
import { startDatabase } from '../postgres.js';

const generator = new SnowflakeGenerator(7);
export const ids = {
  next: (): Snowflake => generator.next(),
  at: (unixMs: number): Snowflake => generator.at(unixMs, randomInt(65_536)),
};

/** A migrated database with a store over it. */
export async function startWorld(poolMax = 8) {
  const { db, stop } = await startDatabase(poolMax);
  let woken = 0;
  const store = new SqlSocialStore(db, { ids, currentTrace: () => '00-trace', onEventsCommitted: () => { woken += 1; } });
  return { db, store, stop, wokenTimes: () => woken };
}
export type World = Awaited<ReturnType<typeof startWorld>>;

export function profile(username: string, domain: string | null = null, change: Partial<AccountProfile> = {}): AccountProfile {
  const base = `https://${domain ?? 'here.example'}/people/${username}`;
  return {
    username,
    domain,
    uri: base,
    url: base,
    displayName: username,
    note: '',
    fields: [],
    emojis: [],
    avatarUrl: null,
    headerUrl: null,
    actorType: 'Person',
    locked: false,
    discoverable: true,
    indexable: false,
    hideCollections: null,
    memorial: false,
    inboxUrl: `${base}/inbox`,
    sharedInboxUrl: domain === null ? null : `https://${domain}/inbox`,
    outboxUrl: null,
    followersUrl: null,
    followingUrl: null,
    featuredUrl: null,
    alsoKnownAs: [],
    movedToUri: null,
    createdAt: new Date('2026-01-01T00:00:00Z'),
    fetchedAt: null,
    ...change,
  };
}

export async function addAccount(store: SqlSocialStore, username: string, domain: string | null = null): Promise<AccountId> {
  const id = ids.next();
  const made = await store.transaction((tx) => tx.insertAccount({ ...profile(username, domain), id }));
  if (!made) throw new Error(`${username} exists`);
  return id;
}

export function newStatus(accountId: AccountId, change: Partial<NewStatus> = {}): NewStatus {
  const id = change.id ?? ids.next();
  return {
    id,
    accountId,
    uri: `https://here.example/statuses/${id}`,
    url: `https://here.example/@x/${id}`,
    local: true,
    content: '<p>hello</p>',
    text: 'hello',
    spoilerText: '',
    sensitive: false,
    visibility: 'public',
    language: 'en',
    inReplyToId: null,
    inReplyToAccountId: null,
    inReplyToUri: null,
    boostOfId: null,
    conversationId: id,
    conversationUri: null,
    applicationName: null,
    applicationWebsite: null,
    poll: null,
    media: [],
    emojis: [],
    mentions: [],
    tags: [],
    createdAt: new Date('2026-02-01T00:00:00Z'),
    ...change,
  };
}

/** @returns the id, or null where the store refused the status. */
export const post = (store: SqlSocialStore, accountId: AccountId, change: Partial<NewStatus> = {}): Promise<StatusId | null> => {
  const status = newStatus(accountId, change);
  return store.transaction((tx) => tx.insertStatus(status));
};

export const mustPost = async (store: SqlSocialStore, accountId: AccountId, change: Partial<NewStatus> = {}): Promise<StatusId> => {
  const id = await post(store, accountId, change);
  if (id === null) throw new Error('the status was refused');
  return id;
};

export const followTie = (accountId: AccountId, targetId: AccountId, change: Partial<FollowTie> = {}): FollowTie => ({
  id: ids.next(),
  accountId,
  targetId,
  uri: null,
  showBoosts: true,
  notify: false,
  languages: null,
  ...change,
});

export const page = (limit = 20, bounds: { maxId?: Snowflake; sinceId?: Snowflake; minId?: Snowflake } = {}) => ({
  limit,
  maxId: bounds.maxId ?? null,
  sinceId: bounds.sinceId ?? null,
  minId: bounds.minId ?? null,
});

/** Counters that differ from the rows they count (see counters.ts); empty when all is well. */
export async function wrongCounters(db: Database): Promise<unknown[]> {
  const accounts = await db.query(
    `SELECT * FROM (
       SELECT a.id, st.followers_count AS followers, st.following_count AS following, st.statuses_count AS statuses,
              (SELECT count(*) FROM social.follows f WHERE f.target_account_id = a.id) AS "followersRows",
              (SELECT count(*) FROM social.follows f WHERE f.account_id = a.id) AS "followingRows",
              (SELECT count(*) FROM social.statuses s WHERE s.account_id = a.id AND s.deleted_at IS NULL AND s.visibility <> 'direct') AS "statusesRows"
         FROM social.accounts a JOIN social.account_stats st ON st.account_id = a.id) AS c
      WHERE followers <> "followersRows" OR following <> "followingRows" OR statuses <> "statusesRows" LIMIT 20`,
  );
  const statuses = await db.query(
    `SELECT * FROM (
       SELECT s.id, st.replies_count AS replies, st.boosts_count AS boosts, st.favourites_count AS favourites,
              (SELECT count(*) FROM social.statuses r WHERE r.in_reply_to_id = s.id AND r.deleted_at IS NULL AND r.visibility IN ('public', 'unlisted')) AS "repliesRows",
              (SELECT count(*) FROM social.statuses b WHERE b.boost_of_id = s.id AND b.deleted_at IS NULL) AS "boostsRows",
              (SELECT count(*) FROM social.favourites f WHERE f.status_id = s.id) AS "favouritesRows"
         FROM social.statuses s JOIN social.status_stats st ON st.status_id = s.id WHERE s.deleted_at IS NULL) AS c
      WHERE replies <> "repliesRows" OR boosts <> "boostsRows" OR favourites <> "favouritesRows" LIMIT 20`,
  );
  return [...accounts, ...statuses];
}
