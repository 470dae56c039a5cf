import type { AccountId, StatusId } from '@trunkline/kernel';
import type { Queryable } from '../database.js';

const ROWS_MAX = 10_000;

/**
 * A page of the people here who follow an account, in order of their ids. The bound stands on both sides of the join:
 * Postgres does not conclude one from the other and would walk all accounts up to it, page after page.
 */
export function localFollowersAfter(
  db: Queryable,
  accountId: AccountId,
  afterId: AccountId | null,
  limit: number,
): Promise<{ accountId: AccountId; showBoosts: boolean; notify: boolean; languages: readonly string[] | null }[]> {
  return db.query(
    `SELECT f.account_id AS "accountId", f.show_boosts AS "showBoosts", f.notify, f.languages
       FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
      WHERE f.target_account_id = $1 AND f.account_id > $2::bigint AND a.id > $2::bigint
        AND a.domain IS NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL
      ORDER BY f.account_id LIMIT $3`,
    [accountId, afterId ?? '0', Math.min(limit, ROWS_MAX)],
  );
}

/** Those of the accounts whom somebody living here follows. One look into the index for each, however many followers it has. */
export async function followedHere(db: Queryable, accountIds: readonly AccountId[]): Promise<Set<AccountId>> {
  if (accountIds.length === 0) return new Set();
  const rows = await db.query<{ id: AccountId }>(
    `SELECT asked.id FROM unnest($1::bigint[]) AS asked (id)
      CROSS JOIN LATERAL (
        SELECT FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
         WHERE f.target_account_id = asked.id AND a.domain IS NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL
         LIMIT 1
      ) AS follower
      LIMIT $2`,
    [accountIds, accountIds.length],
  );
  return new Set(rows.map((row) => row.id));
}

/** The distinct inboxes of remote followers, shared ones where there are, in order of their addresses. */
export function followerInboxes(
  db: Queryable,
  accountId: AccountId,
  afterInbox: string,
  limit: number,
): Promise<{ inbox: string; domain: string }[]> {
  return db.query(
    `SELECT coalesce(a.shared_inbox_url, a.inbox_url) AS inbox, min(a.domain) AS domain
       FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
      WHERE f.target_account_id = $1 AND a.domain IS NOT NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL
        AND coalesce(a.shared_inbox_url, a.inbox_url) > $2
      GROUP BY 1 ORDER BY 1 LIMIT $3`,
    [accountId, afterInbox, Math.min(limit, ROWS_MAX)],
  );
}

/** Who answered, boosted or favourited a status, also when that or the status is deleted by now: they hold copies. */
export async function interactedAccountIds(db: Queryable, statusId: StatusId, limit: number): Promise<AccountId[]> {
  const rows = await db.query<{ id: AccountId }>(
    `SELECT account_id AS id FROM social.statuses WHERE in_reply_to_id = $1
     UNION SELECT account_id FROM social.statuses WHERE boost_of_id = $1
     UNION SELECT account_id FROM social.favourites WHERE status_id = $1
     LIMIT $2`,
    [statusId, Math.min(limit, ROWS_MAX)],
  );
  return rows.map((row) => row.id);
}
