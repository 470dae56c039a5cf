import { normaliseHashtag, type Visibility } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { PageQuery } from '@trunkline/social';
import type { Queryable } from '../database.js';
import { newestFirst, pageSql } from './page-sql.js';
import { plainText, plainTexts } from './safe-values.js';

type Scope = 'all' | 'local' | 'remote';

// Written as in the partial indexes, or Postgres would not use them.
const IS_PUBLIC = `s.visibility = 'public' AND s.boost_of_id IS NULL AND s.deleted_at IS NULL`;
const HAS_MEDIA = `s.media <> '[]'::jsonb`;
const SCOPES: Readonly<Record<Scope, string>> = { all: '', local: 'AND s.local', remote: 'AND NOT s.local' };
const TAGS_MAX = 20;
const FEED_MAX = 1_000;
/** Statuses per followed account that are looked at to find how far back a home feed reaches. */
const SAMPLE = 20;

const idsOf = (rows: readonly { id: StatusId }[]): StatusId[] => rows.map((row) => row.id);

export async function publicStatusIds(
  db: Queryable,
  query: { page: PageQuery; scope: Scope; onlyMedia: boolean },
): Promise<StatusId[]> {
  const params: unknown[] = [];
  const { where, tail } = pageSql('s.id', query.page, params);
  const media = query.onlyMedia ? `AND ${HAS_MEDIA}` : '';
  const sql = `SELECT s.id FROM social.statuses s WHERE ${IS_PUBLIC} ${SCOPES[query.scope]} ${media} ${where} ${tail}`;
  return newestFirst(idsOf(await db.query<{ id: StatusId }>(sql, params)), query.page);
}

/** Each tag of `any` is read on its own, by its index and only as far as the page needs; then they are merged. */
export async function tagStatusIds(
  db: Queryable,
  query: {
    page: PageQuery;
    any: readonly string[];
    all: readonly string[];
    none: readonly string[];
    scope: Scope;
    onlyMedia: boolean;
  },
): Promise<StatusId[]> {
  const keys = (tags: readonly string[]): string[] => plainTexts([...new Set(tags.slice(0, TAGS_MAX).map(normaliseHashtag))]);
  const params: unknown[] = [keys(query.any), keys(query.all), keys(query.none)];
  const inner = pageSql('t.status_id', query.page, params);
  const limit = `$${params.length}`;
  const media = query.onlyMedia ? `AND ${HAS_MEDIA}` : '';
  const rows = await db.query<{ id: StatusId }>(
    `SELECT DISTINCT found.id FROM unnest($1::text[]) AS wanted (tag)
      CROSS JOIN LATERAL (
        SELECT s.id FROM social.status_tags t JOIN social.statuses s ON s.id = t.status_id
         WHERE t.tag = wanted.tag AND ${IS_PUBLIC} ${SCOPES[query.scope]} ${media}
           AND (SELECT count(*) FROM social.status_tags o WHERE o.status_id = s.id AND o.tag = ANY($2::text[])) = cardinality($2::text[])
           AND NOT EXISTS (SELECT FROM social.status_tags o WHERE o.status_id = s.id AND o.tag = ANY($3::text[]))
           ${inner.where} ${inner.tail}
      ) AS found
      ORDER BY found.id ${query.page.minId === null ? 'DESC' : 'ASC'} LIMIT ${limit}`,
    params,
  );
  return newestFirst(idsOf(rows), query.page);
}

/** One account's statuses of the given visibilities; private ones also for the author and for people they name. */
export async function accountStatusIds(
  db: Queryable,
  query: {
    accountId: AccountId;
    page: PageQuery;
    visibilities: readonly Visibility[];
    viewerId: AccountId | null;
    excludeReplies: boolean;
    excludeBoosts: boolean;
    onlyMedia: boolean;
    tagged?: string;
  },
): Promise<StatusId[]> {
  const params: unknown[] = [query.accountId, query.visibilities, query.viewerId];
  const { where, tail } = pageSql('s.id', query.page, params);
  const filters = [
    query.excludeBoosts ? 'AND s.boost_of_id IS NULL' : '',
    // Answers to oneself are a thread, not a conversation with somebody else.
    query.excludeReplies ? 'AND (s.in_reply_to_id IS NULL OR s.in_reply_to_account_id = s.account_id) AND s.in_reply_to_uri IS NULL' : '',
    query.onlyMedia ? `AND ${HAS_MEDIA}` : '',
  ];
  if (query.tagged !== undefined) {
    const tag = `$${params.push(plainText(normaliseHashtag(query.tagged)))}`;
    filters.push(`AND EXISTS (SELECT FROM social.status_tags t WHERE t.status_id = s.id AND t.tag = ${tag})`);
  }
  const rows = await db.query<{ id: StatusId }>(
    `SELECT s.id FROM social.statuses s
      WHERE s.account_id = $1 AND s.deleted_at IS NULL
        AND (s.visibility = ANY($2::text[]) OR s.account_id = $3::bigint
             OR EXISTS (SELECT FROM social.mentions m WHERE m.status_id = s.id AND m.account_id = $3::bigint))
        ${filters.join(' ')} ${where} ${tail}`,
    params,
  );
  return newestFirst(idsOf(rows), query.page);
}

/**
 * The newest statuses of those whom the account follows, and its own. First a sample of each author finds an id
 * that at least `limit` statuses are newer than; then only what is newer is read: a thousand follows cost some
 * thousand index entries, not a thousand full feeds. Of the newest `limit`, what would be hidden for good is left out:
 * direct ones to others, answers to strangers, and boosts of those whose boosts are not wanted.
 */
export async function homeStatusIds(db: Queryable, accountId: AccountId, limit: number): Promise<StatusId[]> {
  const rows = await db.query<{ id: StatusId }>(
    `WITH authors AS MATERIALIZED (
       SELECT target_account_id AS id, show_boosts FROM social.follows WHERE account_id = $1 AND NOT apart UNION ALL SELECT $1::bigint, true
     ), reach AS MATERIALIZED (
       SELECT sample.id FROM authors
        CROSS JOIN LATERAL (SELECT s.id FROM social.statuses s WHERE s.account_id = authors.id AND s.deleted_at IS NULL ORDER BY s.id DESC LIMIT ${SAMPLE}) AS sample
        ORDER BY sample.id DESC OFFSET $2::int - 1 LIMIT 1
     ), newest AS (
       SELECT entry.id, entry.account_id, entry.visibility, entry.in_reply_to_account_id FROM authors
        CROSS JOIN LATERAL (
          SELECT s.id, s.account_id, s.visibility, s.in_reply_to_account_id, s.boost_of_id FROM social.statuses s
           WHERE s.account_id = authors.id AND s.deleted_at IS NULL AND s.id >= coalesce((SELECT id FROM reach), 0)
           ORDER BY s.id DESC LIMIT $2::int
        ) AS entry
        WHERE authors.show_boosts OR entry.boost_of_id IS NULL
        ORDER BY entry.id DESC LIMIT $2::int
     )
     SELECT n.id FROM newest n
      WHERE n.account_id = $1 OR (
        (n.visibility <> 'direct' OR EXISTS (SELECT FROM social.mentions m WHERE m.status_id = n.id AND m.account_id = $1))
        AND (n.in_reply_to_account_id IS NULL OR n.in_reply_to_account_id IN ($1, n.account_id)
             OR EXISTS (SELECT FROM social.follows f WHERE f.account_id = $1 AND f.target_account_id = n.in_reply_to_account_id)))
      ORDER BY n.id DESC LIMIT $2::int`,
    [accountId, Math.min(Math.max(1, limit), FEED_MAX)],
  );
  return idsOf(rows);
}

/** Those of the ids whose author this is. */
export async function writtenAmong(db: Queryable, authorId: AccountId, ids: readonly StatusId[]): Promise<StatusId[]> {
  if (ids.length === 0) return [];
  const sql = 'SELECT s.id FROM social.statuses s WHERE s.id = ANY($2::bigint[]) AND s.account_id = $1 LIMIT $3';
  return idsOf(await db.query<{ id: StatusId }>(sql, [authorId, ids, ids.length]));
}

/** What each status boosts; null for one that boosts nothing. Unknown ids are left out. */
export async function boostTargets(db: Queryable, ids: readonly StatusId[]): Promise<Map<StatusId, StatusId | null>> {
  if (ids.length === 0) return new Map();
  const sql = 'SELECT s.id, s.boost_of_id AS "boostOfId" FROM social.statuses s WHERE s.id = ANY($1::bigint[]) LIMIT $2';
  const rows = await db.query<{ id: StatusId; boostOfId: StatusId | null }>(sql, [ids, ids.length]);
  return new Map(rows.map((row) => [row.id, row.boostOfId]));
}
