import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { Handle } from '@trunkline/social';
import type { Queryable } from '../database.js';
import { ACCOUNT_COLUMNS, ACCOUNT_FROM, toAccount, type AccountRow } from './account-rows.js';
import { plainText, plainTexts } from './safe-values.js';

export async function accountsByIds(db: Queryable, ids: readonly AccountId[]): Promise<Account[]> {
  if (ids.length === 0) return [];
  const sql = `SELECT ${ACCOUNT_COLUMNS} FROM ${ACCOUNT_FROM} WHERE a.id = ANY($1::bigint[]) LIMIT $2`;
  return (await db.query<AccountRow>(sql, [ids, ids.length])).map(toAccount);
}

export async function accountsByUris(db: Queryable, uris: readonly string[]): Promise<Account[]> {
  if (uris.length === 0) return [];
  const sql = `SELECT ${ACCOUNT_COLUMNS} FROM ${ACCOUNT_FROM} WHERE a.uri = ANY($1::text[]) LIMIT $2`;
  return (await db.query<AccountRow>(sql, [plainTexts(uris), uris.length])).map(toAccount);
}

/** Of each page two: a page that more than one claims is nobody's. Index `accounts_page`. */
export async function accountsByPages(db: Queryable, urls: readonly string[]): Promise<Account[]> {
  if (urls.length === 0) return [];
  const sql = `SELECT ${ACCOUNT_COLUMNS} FROM ${ACCOUNT_FROM} WHERE a.url = ANY($1::text[]) AND a.domain IS NOT NULL LIMIT $2`;
  return (await db.query<AccountRow>(sql, [plainTexts(urls), urls.length * 2])).map(toAccount);
}

/** Names compare without case, hosts in lower case. */
export async function accountsByHandles(db: Queryable, handles: readonly Handle[]): Promise<Account[]> {
  if (handles.length === 0) return [];
  const usernames = handles.map((handle) => plainText(handle.username));
  const domains = handles.map((handle) => plainText(handle.domain ?? '').toLowerCase());
  const rows = await db.query<AccountRow>(
    `SELECT ${ACCOUNT_COLUMNS}
       FROM (SELECT DISTINCT lower(u) AS username, d AS domain FROM unnest($1::text[], $2::text[]) AS given (u, d)) AS h
       JOIN social.accounts a ON lower(a.username) = h.username AND coalesce(a.domain, '') = h.domain
       LEFT JOIN social.account_stats st ON st.account_id = a.id
      LIMIT $3`,
    [usernames, domains, handles.length],
  );
  return rows.map(toAccount);
}
