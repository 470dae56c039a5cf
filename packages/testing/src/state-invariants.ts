import type { Queryable } from '@trunkline/persistence';

export interface Invariant {
  readonly name: string;
  /** Gives one row: `broken`, with the number of rows that break it, and perhaps `sample`, with one of them in words. */
  readonly sql: string;
}

/** What holds of every server's database once nothing is left to do, whatever came. */
export const STATE_INVARIANTS: readonly Invariant[] = [
  {
    name: 'counters of statuses are their rows',
    sql: `SELECT count(*)::int AS broken FROM social.statuses s LEFT JOIN social.status_stats st ON st.status_id = s.id
           WHERE s.deleted_at IS NULL AND (
             coalesce(st.favourites_count, 0) <> (SELECT count(*) FROM social.favourites f WHERE f.status_id = s.id)
             OR coalesce(st.boosts_count, 0) <> (SELECT count(*) FROM social.statuses b WHERE b.boost_of_id = s.id AND b.deleted_at IS NULL)
             OR coalesce(st.replies_count, 0) <> (SELECT count(*) FROM social.statuses r
                  WHERE r.in_reply_to_id = s.id AND r.deleted_at IS NULL AND r.visibility IN ('public', 'unlisted')))`,
  },
  {
    name: 'counters of accounts are their rows',
    sql: `SELECT count(*)::int AS broken FROM social.accounts a LEFT JOIN social.account_stats st ON st.account_id = a.id
           WHERE a.deleted_at IS NULL AND (
             coalesce(st.followers_count, 0) <> (SELECT count(*) FROM social.follows f WHERE f.target_account_id = a.id)
             OR coalesce(st.following_count, 0) <> (SELECT count(*) FROM social.follows f WHERE f.account_id = a.id)
             OR coalesce(st.statuses_count, 0) <> (SELECT count(*) FROM social.statuses s
                  WHERE s.account_id = a.id AND s.deleted_at IS NULL AND s.visibility <> 'direct'))`,
  },
  { name: 'no dead activities', sql: "SELECT count(*)::int AS broken FROM federation.inbound WHERE state = 'dead'" },
  { name: 'no dead events', sql: 'SELECT count(*)::int AS broken FROM events.dead WHERE replayed_at IS NULL' },
];

/** Those that do not hold, each in words with how many rows break it; of the whole database. */
export async function brokenInvariants(db: Queryable, invariants: readonly Invariant[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { name, sql } of invariants) {
    const [row] = await db.query<{ broken: number; sample?: string | null }>(sql);
    if (row !== undefined && row.broken > 0) broken.push(`${name}: ${row.broken} do not hold${row.sample == null ? '' : `, e.g. ${row.sample}`}`);
  }
  return broken;
}
