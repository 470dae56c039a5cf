import type { Queryable } from '../database.js';

/** What has to hold of the state at any moment, since it is written in one transaction. */
export const INVARIANTS = ['status_counters', 'account_counters', 'delivery_activity'] as const;
export type InvariantName = (typeof INVARIANTS)[number];

/** What happened last is looked at: what was wrong before was found then. Bounds the cost, however large the tables are. */
const STATUSES = 500;
const ACCOUNTS = 50;
/** Counting the rows of somebody who has more would cost more than it tells. */
const ROWS_MAX = 20_000;
const DELIVERIES = 5_000;

const NEWEST = `SELECT id, account_id FROM social.statuses WHERE deleted_at IS NULL ORDER BY id DESC LIMIT ${STATUSES}`;

const SQL: Readonly<Record<InvariantName, string>> = {
  status_counters: `
    SELECT count(*)::int AS broken FROM (${NEWEST}) s LEFT JOIN social.status_stats st ON st.status_id = s.id
     WHERE greatest(st.favourites_count, st.boosts_count, st.replies_count, 0) < ${ROWS_MAX} AND (
       coalesce(st.favourites_count, 0) <> (SELECT count(*) FROM social.favourites f WHERE f.status_id = s.id)
       OR coalesce(st.boosts_count, 0) <> (SELECT count(*) FROM social.statuses b WHERE b.boost_of_id = s.id AND b.deleted_at IS NULL)
       OR coalesce(st.replies_count, 0) <> (SELECT count(*) FROM social.statuses r
            WHERE r.in_reply_to_id = s.id AND r.deleted_at IS NULL AND r.visibility IN ('public', 'unlisted')))`,
  account_counters: `
    SELECT count(*)::int AS broken
      FROM (SELECT a.id FROM social.accounts a WHERE a.id IN (SELECT account_id FROM (${NEWEST}) s) AND a.deleted_at IS NULL LIMIT ${ACCOUNTS}) a
      LEFT JOIN social.account_stats st ON st.account_id = a.id
     WHERE greatest(st.followers_count, st.following_count, st.statuses_count, 0) < ${ROWS_MAX} AND (
       coalesce(st.followers_count, 0) <> (SELECT count(*) FROM social.follows f WHERE f.target_account_id = a.id)
       OR coalesce(st.following_count, 0) <> (SELECT count(*) FROM social.follows f WHERE f.account_id = a.id)
       OR coalesce(st.statuses_count, 0) <> (SELECT count(*) FROM social.statuses s
            WHERE s.account_id = a.id AND s.deleted_at IS NULL AND s.visibility <> 'direct'))`,
  delivery_activity: `
    SELECT count(*)::int AS broken
      FROM (SELECT body_id FROM federation.delivery_retries WHERE state = 'pending' ORDER BY id DESC LIMIT ${DELIVERIES}) r
     WHERE NOT EXISTS (SELECT 1 FROM federation.delivery_bodies b WHERE b.id = r.body_id)`,
};

/** How many of the newest rows break each invariant: 0, or there is a bug. Each is one statement, so that it sees one moment. */
export async function brokenInvariants(db: Queryable): Promise<ReadonlyMap<InvariantName, number>> {
  const broken = new Map<InvariantName, number>();
  for (const name of INVARIANTS) {
    const [row] = await db.query<{ broken: number }>(SQL[name]);
    broken.set(name, row?.broken ?? 0);
  }
  return broken;
}
