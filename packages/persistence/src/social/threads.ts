import type { Snowflake, StatusId } from '@trunkline/kernel';
import type { ThreadGroup, ThreadRoot } from '@trunkline/social';
import type { Queryable } from '../database.js';

/** Thread depth walked at most: a hostile chain of a million replies costs no more than this. */
const DEPTH_MAX = 500;
const STATUSES_MAX = 4_096;
/** A group boosts what is posted into it before others can. */
const FIRST_BOOSTS_MAX = 100;
const GROUPS_MAX = 4;

/** What the status answers, root first. Tombstones are walked through and left out. */
export const ancestorIds = async (db: Queryable, statusId: StatusId, limit: number): Promise<StatusId[]> => (await ancestorsOf(db, [statusId], limit)).get(statusId) ?? [];

/** The same for each of many; those that answer nothing are left out. */
export async function ancestorsOf(db: Queryable, statusIds: readonly StatusId[], limit: number): Promise<Map<StatusId, StatusId[]>> {
  const most = Math.min(limit, DEPTH_MAX);
  const rows = await db.query<{ asked: StatusId; id: StatusId }>(
    `SELECT asked.id AS asked, found.id FROM unnest((SELECT $1::bigint[])) AS asked (id)
      CROSS JOIN LATERAL (
        WITH RECURSIVE chain (id, parent_id, living, depth) AS (
          SELECT id, in_reply_to_id, false, 0 FROM social.statuses WHERE id = asked.id
          UNION ALL
          SELECT p.id, p.in_reply_to_id, p.deleted_at IS NULL, chain.depth + 1
            FROM chain JOIN social.statuses p ON p.id = chain.parent_id
           WHERE chain.depth < $2
        )
        SELECT id, min(depth) AS depth FROM chain WHERE living AND id <> asked.id GROUP BY id ORDER BY depth LIMIT $3
      ) AS found
      ORDER BY asked.id, found.depth DESC`,
    [statusIds, most, most],
  );
  return new Map([...Map.groupBy(rows, ({ asked }) => asked)].map(([asked, found]) => [asked, found.map(({ id }) => id)]));
}

/**
 * Answers to the status and to its answers, as one reads them: each with its own answers below it, older ones
 * first. When there are more than `limit`, the ones nearest to the status stay. Tombstones are walked through.
 */
export async function descendantIds(db: Queryable, statusId: StatusId, limit: number): Promise<StatusId[]> {
  const rows = await db.query<{ id: StatusId }>(
    // The inner LIMIT ends the walk as soon as it is full: the recursion makes rows only when asked for more.
    `WITH RECURSIVE tree (id, living, path) AS (
       SELECT id, false, ARRAY[]::bigint[] FROM social.statuses WHERE id = $1
       UNION ALL
       SELECT reply.id, reply.deleted_at IS NULL, tree.path || reply.id
         FROM tree
         CROSS JOIN LATERAL (
           SELECT s.id, s.deleted_at FROM social.statuses s WHERE s.in_reply_to_id = tree.id ORDER BY s.id LIMIT $2
         ) AS reply
        WHERE cardinality(tree.path) < $3 AND reply.id <> ALL (tree.path)
     )
     SELECT id FROM (SELECT id, path FROM tree WHERE living AND id <> $1 LIMIT $2) AS found ORDER BY path`,
    [statusId, Math.min(limit, STATUSES_MAX), DEPTH_MAX],
  );
  return rows.map((row) => row.id);
}

/** Public and unlisted answers after an id, oldest first, for the `replies` collection. */
export function publicReplyUris(
  db: Queryable,
  statusId: StatusId,
  query: { afterId?: StatusId; limit: number },
): Promise<{ id: StatusId; uri: string }[]> {
  return db.query<{ id: StatusId; uri: string }>(
    `SELECT id, uri FROM social.statuses
      WHERE in_reply_to_id = $1 AND id > $2::bigint AND deleted_at IS NULL AND visibility IN ('public', 'unlisted')
      ORDER BY id LIMIT $3`,
    [statusId, query.afterId ?? '0', Math.min(query.limit, STATUSES_MAX)],
  );
}

export async function threadRoots(db: Queryable, conversationIds: readonly Snowflake[]): Promise<ThreadRoot[]> {
  if (conversationIds.length === 0) return [];
  return db.query<ThreadRoot & Record<string, unknown>>(
    `SELECT id, account_id AS "accountId", local, conversation_uri AS "contextUri" FROM social.statuses WHERE id = ANY($1::bigint[]) LIMIT $2`,
    [conversationIds, conversationIds.length],
  );
}

/** Looks at the first boosts of each thread's beginning alone, however many there are. */
export async function threadGroups(db: Queryable, conversationIds: readonly Snowflake[]): Promise<ThreadGroup[]> {
  if (conversationIds.length === 0) return [];
  return db.query<ThreadGroup & Record<string, unknown>>(
    `SELECT root.id AS "conversationId", g.id AS "accountId", g.uri, g.domain
       FROM unnest((SELECT $1::bigint[])) AS root (id)
       CROSS JOIN LATERAL (
         SELECT a.id, a.uri, a.domain
           FROM (SELECT s.account_id, s.id, s.deleted_at FROM social.statuses s WHERE s.boost_of_id = root.id ORDER BY s.id LIMIT ${FIRST_BOOSTS_MAX}) AS boost
           JOIN social.accounts a ON a.id = boost.account_id
          WHERE boost.deleted_at IS NULL
            AND a.actor_type = 'Group' AND a.domain IS NOT NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL
          ORDER BY boost.id LIMIT ${GROUPS_MAX}
       ) AS g
      ORDER BY 1, 2`,
    [conversationIds],
  );
}
