import { firstIdAt, idTimeMs, type AccountId, type StatusId } from '@trunkline/kernel';
import type { AllTies, RecentMarks } from '@trunkline/social';
import type { Queryable } from '../database.js';

interface TiesRow {
  readonly follows: string | null;
  readonly choosy: AllTies['choosyFollows'] | null;
  readonly blocks: string | null;
  readonly blockedBy: string | null;
  readonly mutes: string | null;
  readonly mutesEndInMs: number | null;
}

/** A boost is made after what it boosts, by clocks that differ by less than this. */
const CLOCKS_APART_MS = 60_000;

/** Lists come as one text each: rows of their own would cost several times as much. */
const joined = (column: string, rows: string): string => `(SELECT string_agg(${column}::text, ',') FROM (${rows}) AS rows)`;
const split = (text: string | null): string[] => (text === null ? [] : text.split(','));

const follows = (condition: string): string =>
  `SELECT target_account_id, show_boosts, languages, apart FROM social.follows WHERE account_id = $1 AND ${condition} LIMIT $2`;
const isUsual = 'show_boosts AND NOT apart AND (languages IS NULL OR cardinality(languages) = 0)';
const living = '(expires_at IS NULL OR expires_at > now())';

const TIES_SQL = `
  SELECT ${joined('target_account_id', follows(isUsual))} AS follows,
         (SELECT jsonb_agg(jsonb_build_object('accountId', target_account_id::text, 'showsBoosts', show_boosts, 'languages', languages, 'apart', apart))
            FROM (${follows(`NOT (${isUsual})`)}) AS rows) AS choosy,
         ${joined('target_account_id', 'SELECT target_account_id FROM social.blocks WHERE account_id = $1 LIMIT $2')} AS blocks,
         ${joined('account_id', 'SELECT account_id FROM social.blocks WHERE target_account_id = $1 LIMIT $2')} AS "blockedBy",
         ${joined('target_account_id', `SELECT target_account_id FROM social.mutes WHERE account_id = $1 AND ${living} LIMIT $2`)} AS mutes,
         (SELECT (extract(epoch FROM min(expires_at) - now()) * 1000)::float8 FROM social.mutes
           WHERE account_id = $1 AND expires_at > now()) AS "mutesEndInMs"
   LIMIT 1`;

/** See the port. */
export async function allTies(db: Queryable, viewerId: AccountId, limit: number): Promise<AllTies | null> {
  const [row] = await db.query<TiesRow>(TIES_SQL, [viewerId, limit + 1]);
  if (row === undefined) throw new Error('a statement of one row gave none');
  const ties = {
    follows: split(row.follows) as AccountId[],
    choosyFollows: row.choosy ?? [],
    blocks: split(row.blocks) as AccountId[],
    blockedBy: split(row.blockedBy) as AccountId[],
    mutes: split(row.mutes) as AccountId[],
  };
  if (Object.values(ties).some((list) => list.length > limit)) return null;
  return { ...ties, mutesEndInMs: row.mutesEndInMs };
}

interface MarksRow {
  readonly favourites: string | null;
  readonly bookmarks: string | null;
  readonly pins: string | null;
  readonly own: { readonly id: string; readonly boostOf: string | null }[] | null;
}

const MARKS_SQL = `
  SELECT ${joined('status_id', 'SELECT status_id FROM social.favourites WHERE account_id = $1 ORDER BY status_id DESC LIMIT $2')} AS favourites,
         ${joined('status_id', 'SELECT status_id FROM social.bookmarks WHERE account_id = $1 ORDER BY status_id DESC LIMIT $2')} AS bookmarks,
         ${joined('status_id', 'SELECT status_id FROM social.pins WHERE account_id = $1 LIMIT $2')} AS pins,
         (SELECT jsonb_agg(jsonb_build_object('id', id::text, 'boostOf', boost_of_id::text)) FROM (
            SELECT id, boost_of_id FROM social.statuses WHERE account_id = $1 AND deleted_at IS NULL ORDER BY id DESC LIMIT $2) AS rows) AS own
   LIMIT 1`;

/** See the port. Boosts are looked for among the newest own statuses: what is newer than all of them was not boosted before. */
export async function recentMarks(db: Queryable, viewerId: AccountId, limit: number): Promise<RecentMarks> {
  const [row] = await db.query<MarksRow>(MARKS_SQL, [viewerId, limit]);
  if (row === undefined) throw new Error('a statement of one row gave none');
  const [favourites, bookmarks] = [split(row.favourites) as StatusId[], split(row.bookmarks) as StatusId[]];
  const own = row.own ?? [];
  const oldest = own.reduce((least, { id }) => (BigInt(id) < least ? BigInt(id) : least), BigInt(own[0]?.id ?? 0));
  const boostsSince = own.length < limit ? 0n : BigInt(firstIdAt(idTimeMs(String(oldest) as StatusId) + CLOCKS_APART_MS));
  const since = [boostsSince, floorOf(favourites, limit), floorOf(bookmarks, limit)].reduce((a, b) => (a > b ? a : b));
  return {
    sinceId: String(since) as StatusId,
    favourites,
    bookmarks,
    pins: split(row.pins) as StatusId[],
    boosts: own.flatMap(({ boostOf }) => (boostOf === null ? [] : [boostOf as StatusId])),
  };
}

/** Marks of older statuses may have been cut off. */
const floorOf = (ids: readonly StatusId[], limit: number): bigint =>
  ids.length < limit ? 0n : ids.reduce((least, id) => (BigInt(id) < least ? BigInt(id) : least), BigInt(ids[0] ?? 0));
