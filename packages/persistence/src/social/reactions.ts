import { changeOf, type StatusFlags } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { Entry, FavouriteOutcome, PageQuery, StandingBoost, StandingFavourite, StatusMark } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { moveStatusCounters } from './counters.js';
import { entries } from './page-sql.js';
import { plainTextOrNull } from './safe-values.js';

/** False when it stands already, or the status is gone. */
export async function insertFavourite(
  tx: Queryable,
  tie: { id: Snowflake; accountId: AccountId; statusId: StatusId; uri: string | null },
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO social.favourites (id, account_id, status_id, uri)
     SELECT $1, $2, s.id, $4 FROM social.statuses s WHERE s.id = $3 AND s.deleted_at IS NULL
     ON CONFLICT (account_id, status_id) DO NOTHING RETURNING id`,
    [tie.id, tie.accountId, tie.statusId, plainTextOrNull(tie.uri)],
  );
  if (rows.length === 0) return false;
  await moveStatusCounters(tx, [{ statusId: tie.statusId, favourites: 1 }]);
  await changed(tx, [changeOf.marks(tie.accountId)]);
  return true;
}

interface GivenFavourite {
  readonly id: Snowflake;
  readonly accountId: AccountId;
  readonly statusId: StatusId;
  readonly uri: string | null;
}

/** Many in one statement, each as `insertFavourite`; see `SocialWrites.insertFavourites`. */
export async function insertFavourites(tx: Queryable, ties: readonly GivenFavourite[]): Promise<FavouriteOutcome[]> {
  if (ties.length === 0) return [];
  const rows = await tx.query<{ id: Snowflake; made: boolean; undone: boolean }>(
    `WITH given AS (
       SELECT * FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[]), (SELECT $3::bigint[]), (SELECT $4::text[])) WITH ORDINALITY AS g (id, account_id, status_id, uri, at)
     ), undone AS (
       SELECT g.id FROM given g JOIN social.accounts a ON a.id = g.account_id JOIN social.tombstones t ON t.uri = g.uri AND t.actor_uri = a.uri
     ), made AS (
       INSERT INTO social.favourites (id, account_id, status_id, uri)
       SELECT g.id, g.account_id, g.status_id, g.uri FROM given g JOIN social.statuses s ON s.id = g.status_id AND s.deleted_at IS NULL
        WHERE NOT EXISTS (SELECT FROM undone u WHERE u.id = g.id)
        ORDER BY g.account_id, g.status_id, g.at
       ON CONFLICT (account_id, status_id) DO NOTHING RETURNING id
     )
     SELECT g.id, EXISTS (SELECT FROM made m WHERE m.id = g.id) AS made, EXISTS (SELECT FROM undone u WHERE u.id = g.id) AS undone FROM given g LIMIT $5`,
    [ties.map(({ id }) => id), ties.map(({ accountId }) => accountId), ties.map(({ statusId }) => statusId), ties.map(({ uri }) => plainTextOrNull(uri)), ties.length],
  );
  const outcomes = new Map(rows.map(({ id, made, undone }): [Snowflake, FavouriteOutcome] => [id, made ? 'made' : undone ? 'undone' : 'stands']));
  const made = ties.filter(({ id }) => outcomes.get(id) === 'made');
  await moveStatusCounters(tx, made.map(({ statusId }) => ({ statusId, favourites: 1 })));
  await changed(tx, made.map(({ accountId }) => changeOf.marks(accountId)));
  return ties.map(({ id }) => outcomes.get(id) ?? 'stands');
}

/** Those that stood, of each pair one. */
export async function deleteFavourites(tx: Queryable, pairs: readonly StatusMark[]): Promise<(StatusMark & { readonly id: Snowflake })[]> {
  if (pairs.length === 0) return [];
  const gone = await tx.query<StatusMark & { readonly id: Snowflake }>(
    `DELETE FROM social.favourites f USING unnest($1::bigint[], $2::bigint[]) AS g (account_id, status_id)
      WHERE f.account_id = g.account_id AND f.status_id = g.status_id
     RETURNING f.id, f.account_id AS "accountId", f.status_id AS "statusId"`,
    [pairs.map(({ accountId }) => accountId), pairs.map(({ statusId }) => statusId)],
  );
  await moveStatusCounters(tx, gone.map(({ statusId }) => ({ statusId, favourites: -1 })));
  await changed(tx, gone.map(({ accountId }) => changeOf.marks(accountId)));
  return gone;
}

export async function favourite(db: Queryable, accountId: AccountId, statusId: StatusId): Promise<{ id: Snowflake; uri: string | null } | null> {
  const [row] = await db.query<{ id: Snowflake; uri: string | null }>('SELECT id, uri FROM social.favourites WHERE account_id = $1 AND status_id = $2 LIMIT 1', [
    accountId,
    statusId,
  ]);
  return row ?? null;
}

/** Those of the pairs that stand. */
export async function favouritesBetween(db: Queryable, pairs: readonly StatusMark[]): Promise<StandingFavourite[]> {
  if (pairs.length === 0) return [];
  return db.query<StandingFavourite>(
    `SELECT f.id, f.account_id AS "accountId", f.status_id AS "statusId", f.uri
       FROM (SELECT DISTINCT account_id, status_id FROM unnest($1::bigint[], $2::bigint[]) AS g (account_id, status_id)) AS g
       JOIN social.favourites f ON f.account_id = g.account_id AND f.status_id = g.status_id LIMIT $3`,
    [pairs.map(({ accountId }) => accountId), pairs.map(({ statusId }) => statusId), pairs.length],
  );
}

/** As `SocialWrites.renameFavourites`. */
export async function renameFavourites(tx: Queryable, favourites: readonly { accountId: AccountId; statusId: StatusId; uri: string | null }[]): Promise<void> {
  const named = favourites.filter(({ uri }) => uri !== null);
  if (named.length === 0) return;
  await tx.query(
    `UPDATE social.favourites f SET uri = g.uri FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS g (account_id, status_id, uri)
      WHERE f.account_id = g.account_id AND f.status_id = g.status_id AND f.uri IS DISTINCT FROM g.uri`,
    [named.map(({ accountId }) => accountId), named.map(({ statusId }) => statusId), named.map(({ uri }) => plainTextOrNull(uri))],
  );
}

export async function insertBookmark(tx: Queryable, tie: { id: Snowflake; accountId: AccountId; statusId: StatusId }): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO social.bookmarks (id, account_id, status_id)
     SELECT $1, $2, s.id FROM social.statuses s WHERE s.id = $3 AND s.deleted_at IS NULL
     ON CONFLICT (account_id, status_id) DO NOTHING RETURNING id`,
    [tie.id, tie.accountId, tie.statusId],
  );
  await changed(tx, [changeOf.marks(tie.accountId)]);
  return rows.length === 1;
}

export async function deleteBookmark(tx: Queryable, accountId: AccountId, statusId: StatusId): Promise<boolean> {
  const sql = 'DELETE FROM social.bookmarks WHERE account_id = $1 AND status_id = $2 RETURNING id';
  const gone = await tx.query(sql, [accountId, statusId]);
  await changed(tx, [changeOf.marks(accountId)]);
  return gone.length === 1;
}

/** For every id asked about, in one statement. */
export async function statusFlags(db: Queryable, viewerId: AccountId, ids: readonly StatusId[]): Promise<Map<StatusId, StatusFlags>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query<{ id: StatusId; favourited: boolean; boosted: boolean; bookmarked: boolean; pinned: boolean }>(
    `SELECT asked.id,
            EXISTS (SELECT FROM social.favourites f WHERE f.account_id = $1 AND f.status_id = asked.id) AS favourited,
            EXISTS (SELECT FROM social.statuses b WHERE b.boost_of_id = asked.id AND b.account_id = $1 AND b.deleted_at IS NULL) AS boosted,
            EXISTS (SELECT FROM social.bookmarks k WHERE k.account_id = $1 AND k.status_id = asked.id) AS bookmarked,
            EXISTS (SELECT FROM social.pins p WHERE p.account_id = $1 AND p.status_id = asked.id) AS pinned
       FROM unnest($2::bigint[]) AS asked (id) LIMIT $3`,
    [viewerId, ids, ids.length],
  );
  return new Map(rows.map(({ id, ...flags }) => [id, { ...flags, muted: false }]));
}

/** Ids of the account's standing boosts of these statuses. */
export async function boostIds(db: Queryable, accountId: AccountId, targetIds: readonly StatusId[]): Promise<StatusId[]> {
  if (targetIds.length === 0) return [];
  const rows = await db.query<{ id: StatusId }>(
    `SELECT id FROM social.statuses WHERE boost_of_id = ANY($2::bigint[]) AND account_id = $1 AND deleted_at IS NULL LIMIT $3`,
    [accountId, targetIds, targetIds.length],
  );
  return rows.map((row) => row.id);
}

/** The standing boosts of many: who boosted what, of each pair one. */
export async function boostsBetween(db: Queryable, pairs: readonly StatusMark[]): Promise<StandingBoost[]> {
  if (pairs.length === 0) return [];
  return db.query<StandingBoost>(
    `SELECT s.id, s.uri, s.account_id AS "accountId", s.boost_of_id AS "statusId"
       FROM (SELECT DISTINCT account_id, status_id FROM unnest($1::bigint[], $2::bigint[]) AS g (account_id, status_id)) AS asked
       JOIN social.statuses s ON s.boost_of_id = asked.status_id AND s.account_id = asked.account_id AND s.deleted_at IS NULL
      LIMIT $3`,
    [pairs.map(({ accountId }) => accountId), pairs.map(({ statusId }) => statusId), pairs.length],
  );
}

/** Who boosted it for everybody to see; paged by the boost's id. */
export const boostedByIds = (db: Queryable, statusId: StatusId, page: PageQuery): Promise<Entry<AccountId>[]> =>
  entries(db, page, {
    select: 's.id AS "entryId", s.account_id AS id FROM social.statuses s',
    where: `s.boost_of_id = $1 AND s.deleted_at IS NULL AND s.visibility IN ('public', 'unlisted')`,
    pagedBy: 's.id',
    subject: statusId,
  });

export const favouritedByIds = (db: Queryable, statusId: StatusId, page: PageQuery): Promise<Entry<AccountId>[]> =>
  entries(db, page, {
    select: 'f.id AS "entryId", f.account_id AS id FROM social.favourites f',
    where: 'f.status_id = $1',
    pagedBy: 'f.id',
    subject: statusId,
  });

export const favouriteStatusIds = (db: Queryable, accountId: AccountId, page: PageQuery): Promise<Entry<StatusId>[]> =>
  entries(db, page, {
    select: 'f.id AS "entryId", f.status_id AS id FROM social.favourites f',
    where: 'f.account_id = $1',
    pagedBy: 'f.id',
    subject: accountId,
  });

export const bookmarkStatusIds = (db: Queryable, accountId: AccountId, page: PageQuery): Promise<Entry<StatusId>[]> =>
  entries(db, page, {
    select: 'k.id AS "entryId", k.status_id AS id FROM social.bookmarks k',
    where: 'k.account_id = $1',
    pagedBy: 'k.id',
    subject: accountId,
  });
