import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { Queryable } from '../database.js';

const INBOXES_MAX = 10_000;

/** What only the serving and delivering of ActivityPub documents asks. Over a pool or inside one transaction. */
export class FederationReads {
  constructor(private readonly db: Queryable) {}

  /** A standing follow, or a request that waits, by the id in its Follow's uri. */
  async followById(id: Snowflake): Promise<{ accountId: AccountId; targetId: AccountId } | null> {
    const [row] = await this.db.query<{ accountId: AccountId; targetId: AccountId }>(
      `SELECT account_id AS "accountId", target_account_id AS "targetId" FROM social.follows WHERE id = $1
       UNION ALL
       SELECT account_id, target_account_id FROM social.follow_requests WHERE id = $1
       LIMIT 1`,
      [id],
    );
    return row ?? null;
  }

  /** A standing favourite by the id in its Like's uri. */
  async favouriteById(id: Snowflake): Promise<{ accountId: AccountId; statusId: StatusId } | null> {
    const [row] = await this.db.query<{ accountId: AccountId; statusId: StatusId }>(
      'SELECT account_id AS "accountId", status_id AS "statusId" FROM social.favourites WHERE id = $1 LIMIT 1',
      [id],
    );
    return row ?? null;
  }

  /** One follower whose actor lives on `host` (as in its uri, with a port that is not the scheme's own); null: nobody. */
  async followerAtHost(accountId: AccountId, host: string): Promise<AccountId | null> {
    const [row] = await this.db.query<{ id: AccountId }>(
      `SELECT a.id FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
        WHERE f.target_account_id = $1 AND a.domain IS NOT NULL AND split_part(a.uri, '/', 3) = $2
          AND a.suspended_at IS NULL AND a.deleted_at IS NULL
        LIMIT 1`,
      [accountId, host],
    );
    return row?.id ?? null;
  }

  /** Every distinct inbox known here, shared ones where there are, in order of their addresses: who may hold a copy of an account. */
  knownInboxes(afterInbox: string, limit: number): Promise<{ inbox: string; domain: string }[]> {
    return this.db.query<{ inbox: string; domain: string }>(
      `SELECT coalesce(a.shared_inbox_url, a.inbox_url) AS inbox, min(a.domain) AS domain
         FROM social.accounts a
        WHERE a.domain IS NOT NULL AND a.deleted_at IS NULL AND coalesce(a.shared_inbox_url, a.inbox_url) > $1
        GROUP BY 1 ORDER BY 1 LIMIT $2`,
      [afterInbox, Math.min(limit, INBOXES_MAX)],
    );
  }
}
