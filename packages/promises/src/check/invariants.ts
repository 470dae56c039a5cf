import type { Stage } from '../stage/stage.js';

interface Invariant {
  readonly name: string;
  /** Gives one row, `broken`, with the number of rows that break it. */
  readonly sql: string;
}

const INVARIANTS: readonly Invariant[] = [
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
  {
    name: 'no delivery without its activity',
    sql: `SELECT (SELECT count(*) FROM federation.delivery_chunks c WHERE NOT EXISTS (SELECT 1 FROM federation.delivery_bodies b WHERE b.id = c.body_id))::int
               + (SELECT count(*) FROM federation.delivery_retries r WHERE NOT EXISTS (SELECT 1 FROM federation.delivery_bodies b WHERE b.id = r.body_id))::int AS broken`,
  },
  {
    name: 'one notification of one fact',
    sql: `SELECT count(*)::int AS broken FROM (SELECT 1 FROM timeline.notifications WHERE type IN ('favourite', 'reblog', 'follow')
           GROUP BY account_id, type, from_account_id, status_id, fact HAVING count(*) > 1) AS twice`,
  },
  { name: 'no dead activities', sql: "SELECT count(*)::int AS broken FROM federation.inbound WHERE state = 'dead'" },
  { name: 'no dead events', sql: 'SELECT count(*)::int AS broken FROM events.dead WHERE replayed_at IS NULL' },
  { name: 'no deliveries given up', sql: "SELECT count(*)::int AS broken FROM federation.delivery_retries WHERE state = 'dead'" },
];

/** The invariants that do not hold, each with how many rows break it; of the whole database, not of one round. */
export async function brokenInvariants(stage: Stage, except: readonly string[] = []): Promise<string[]> {
  const broken: string[] = [];
  for (const { name, sql } of INVARIANTS) {
    if (except.includes(name)) continue;
    const [row] = await stage.db.query<{ broken: number }>(sql);
    if ((row?.broken ?? 0) > 0) broken.push(`${name}: ${row?.broken} do not hold`);
  }
  return broken;
}
