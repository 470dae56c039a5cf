import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { Queryable } from '../database.js';

const INBOXES_MAX = 10_000;
const ACQUAINTED_MS = 2 * 24 * 60 * 60 * 1_000;
const ACQUAINTANCES_MAX = 2_000;

/** What only the serving and delivering of ActivityPub documents asks. Over a pool or inside one transaction. */
export class FederationReads {
  constructor(private readonly db: Queryable) {}

  /** A standing follow, or a request that waits, by the id in its Follow's uri. */
  async followById(id: Snowflake): Promise<{ accountId: AccountId; targetId: AccountId; stands: boolean } | null> {
    const [row] = await this.db.query<{ accountId: AccountId; targetId: AccountId; stands: boolean }>(
      `SELECT account_id AS "accountId", target_account_id AS "targetId", true AS stands FROM social.follows WHERE id = $1
       UNION ALL
       SELECT account_id, target_account_id, false FROM social.follow_requests WHERE id = $1
       LIMIT 1`,
      [id],
    );
    return row ?? null;
  }

  /** A standing favourite by its id; `uri` is the peer's of its Like. */
  async favouriteById(id: Snowflake): Promise<{ accountId: AccountId; statusId: StatusId; uri: string | null } | null> {
    const [row] = await this.db.query<{ accountId: AccountId; statusId: StatusId; uri: string | null }>(
      'SELECT account_id AS "accountId", status_id AS "statusId", uri FROM social.favourites WHERE id = $1 LIMIT 1',
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

  /** The id of somebody of a domain; null: nobody is known there. */
  async anyActorAt(domain: string): Promise<string | null> {
    const [row] = await this.db.query<{ uri: string }>('SELECT uri FROM social.accounts WHERE domain = $1 AND deleted_at IS NULL AND suspended_at IS NULL LIMIT 1', [domain]);
    return row?.uri ?? null;
  }

  /** The followers whose actors live on these hosts (as in their uris), by host: what each server may know of the list. At most `limit` in all. */
  async followersAtHosts(accountId: AccountId, hosts: readonly string[], limit: number): Promise<Map<string, string[]>> {
    const rows = await this.db.query<{ host: string; uri: string }>(
      `SELECT split_part(a.uri, '/', 3) AS host, a.uri FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
        WHERE f.target_account_id = $1 AND NOT f.local AND a.domain IS NOT NULL AND split_part(a.uri, '/', 3) = ANY ($2::text[]) AND a.deleted_at IS NULL
        LIMIT $3`,
      [accountId, hosts, limit],
    );
    const found = new Map<string, string[]>();
    for (const { host, uri } of rows) found.set(host, [...(found.get(host) ?? []), uri]);
    return found;
  }

  /** The `context` or `conversation` under which a status came. */
  async contextUri(statusId: StatusId): Promise<string | null> {
    const [row] = await this.db.query<{ uri: string | null }>('SELECT conversation_uri AS uri FROM social.statuses WHERE id = $1', [statusId]);
    return row?.uri ?? null;
  }

  /** Whom the account named in posts, followed or asked to follow within two days: they look at its profile. @see Mastodon app/lib/account_reach_finder.rb (4.6) */
  async acquaintances(accountId: AccountId, nowMs: number): Promise<AccountId[]> {
    const since = new Date(nowMs - ACQUAINTED_MS);
    const rows = await this.db.query<{ id: AccountId }>(
      `SELECT m.account_id AS id FROM (
         SELECT id FROM social.statuses WHERE account_id = $1 AND deleted_at IS NULL AND created_at > $2 ORDER BY id DESC LIMIT $3
       ) AS recent JOIN social.mentions m ON m.status_id = recent.id
       UNION SELECT target_account_id FROM social.follows WHERE account_id = $1 AND created_at > $2
       UNION SELECT target_account_id FROM social.follow_requests WHERE account_id = $1 AND created_at > $2
       LIMIT $3`,
      [accountId, since, ACQUAINTANCES_MAX],
    );
    return rows.map((row) => row.id);
  }

  /** Remote people whose own inbox this is. */
  async idsByInbox(inbox: string, limit: number): Promise<AccountId[]> {
    const rows = await this.db.query<{ id: AccountId }>(
      'SELECT id FROM social.accounts WHERE inbox_url = $1 AND domain IS NOT NULL AND deleted_at IS NULL ORDER BY id LIMIT $2',
      [inbox, limit],
    );
    return rows.map((row) => row.id);
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
