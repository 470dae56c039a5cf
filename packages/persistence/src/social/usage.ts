import type { Queryable } from '../database.js';

const DOMAINS_MAX = 100_000;

/** Every distinct host, found by jumping from one to the next in the index instead of reading all accounts. */
export const DISTINCT_DOMAINS = `
  WITH RECURSIVE hosts (domain) AS (
    (SELECT domain FROM social.accounts WHERE domain IS NOT NULL ORDER BY domain LIMIT 1)
    UNION ALL
    SELECT (SELECT a.domain FROM social.accounts a WHERE a.domain > hosts.domain ORDER BY a.domain LIMIT 1)
      FROM hosts WHERE hosts.domain IS NOT NULL
  )`;

/** Counts for NodeInfo; statuses are the sum of the authors' counters, direct ones left out. Callers cache it. */
export async function usage(
  db: Queryable,
): Promise<{ users: number; activeMonth: number; activeHalfYear: number; localStatuses: number; knownDomains: number }> {
  const [row] = await db.query<Record<'users' | 'activeMonth' | 'activeHalfYear' | 'localStatuses' | 'knownDomains', string>>(
    `${DISTINCT_DOMAINS}
     SELECT count(*) AS users,
            count(*) FILTER (WHERE u.last_active_at > now() - interval '30 days') AS "activeMonth",
            count(*) FILTER (WHERE u.last_active_at > now() - interval '180 days') AS "activeHalfYear",
            coalesce(sum(st.statuses_count), 0) AS "localStatuses",
            (SELECT count(*) FROM (SELECT FROM hosts WHERE domain IS NOT NULL LIMIT ${DOMAINS_MAX}) AS known) AS "knownDomains"
       FROM identity.users u LEFT JOIN social.account_stats st ON st.account_id = u.account_id
      WHERE u.confirmed_at IS NOT NULL AND u.approved AND NOT u.disabled
      LIMIT 1`,
  );
  const count = (name: keyof NonNullable<typeof row>): number => Number(row?.[name] ?? 0);
  return {
    users: count('users'),
    activeMonth: count('activeMonth'),
    activeHalfYear: count('activeHalfYear'),
    localStatuses: count('localStatuses'),
    knownDomains: count('knownDomains'),
  };
}

/** Hosts of accounts that were seen here, in order of the alphabet. */
export async function peerDomains(db: Queryable, limit: number): Promise<string[]> {
  const rows = await db.query<{ domain: string }>(
    `${DISTINCT_DOMAINS} SELECT domain FROM hosts WHERE domain IS NOT NULL LIMIT $1`,
    [Math.min(limit, DOMAINS_MAX)],
  );
  return rows.map((row) => row.domain);
}
