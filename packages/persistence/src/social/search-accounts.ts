import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { Queryable } from '../database.js';
import { ACCOUNT_COLUMNS, ACCOUNT_FROM, toAccount, type AccountRow } from './account-rows.js';
import { plainText } from './safe-values.js';

/** Rows looked at per way of matching: a search for one letter must not sort a million accounts. */
const CANDIDATES_MAX = 500;
const OFFSET_MAX = 1_000;
const LIMIT_MAX = 80;

const likePrefix = (text: string): string => `${text.replace(/[\\%_]/g, '\\$&')}%`;

/**
 * `ali` finds names and display names and hosts that begin so; `ali@exa` finds the name at hosts that begin with
 * `exa`. Exact names come first, then people of this server, then by followers.
 */
export async function searchAccounts(
  db: Queryable,
  query: { text: string; limit: number; offset: number; followedBy?: AccountId },
): Promise<Account[]> {
  const text = plainText(query.text).trim().replace(/^@/, '').toLowerCase();
  const at = text.lastIndexOf('@');
  const name = at === -1 ? text : text.slice(0, at);
  if (name === '') return [];
  const params: unknown[] = [name, likePrefix(name), Math.min(query.limit, LIMIT_MAX), Math.min(Math.max(0, query.offset), OFFSET_MAX)];
  const host = at === -1 ? null : likePrefix(text.slice(at + 1));
  if (host !== null) params.push(host);
  if (query.followedBy !== undefined) params.push(query.followedBy);
  const source = query.followedBy === undefined ? candidates(host !== null) : followed(host !== null, params.length);
  const rows = await db.query<AccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM ${ACCOUNT_FROM}
      WHERE a.id IN (${source}) AND a.deleted_at IS NULL AND a.suspended_at IS NULL
      ORDER BY (lower(a.username) = $1) DESC, (a.domain IS NULL) DESC, coalesce(st.followers_count, 0) DESC, a.id
      LIMIT $3 OFFSET $4`,
    params,
  );
  return rows.map(toAccount);
}

/** Ids by each way of matching; every way has an index of its own and a bound. */
function candidates(withHost: boolean): string {
  if (withHost) {
    return `SELECT id FROM social.accounts WHERE lower(username) = $1 AND domain LIKE $5 AND $2::text <> '' LIMIT ${CANDIDATES_MAX}`;
  }
  return `
    (SELECT id FROM social.accounts WHERE lower(username) LIKE $2 ORDER BY lower(username) USING ~<~ LIMIT ${CANDIDATES_MAX})
    UNION (SELECT id FROM social.accounts WHERE lower(display_name) LIKE $2 ORDER BY lower(display_name) USING ~<~ LIMIT ${CANDIDATES_MAX})
    UNION (SELECT id FROM social.accounts WHERE domain LIKE $2 LIMIT ${CANDIDATES_MAX})`;
}

function followed(withHost: boolean, viewerAt: number): string {
  const matches = withHost
    ? `lower(b.username) = $1 AND b.domain LIKE $5 AND $2::text <> ''`
    : '(lower(b.username) LIKE $2 OR lower(b.display_name) LIKE $2 OR b.domain LIKE $2)';
  return `SELECT f.target_account_id FROM social.follows f JOIN social.accounts b ON b.id = f.target_account_id
           WHERE f.account_id = $${viewerAt} AND ${matches} LIMIT ${CANDIDATES_MAX}`;
}
