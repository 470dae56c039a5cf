import type { Snowflake, StatusId } from '@trunkline/kernel';
import type { ThreadRoot } from '@trunkline/social';
import type { Queryable } from '../database.js';

/** Thread depth walked at most: a hostile chain of a million replies costs no more than this. */
const DEPTH_MAX = 500;
const STATUSES_MAX = 4_096;

/** What the status answers, root first. Tombstones are walked through and left out. */
export async function ancestorIds(db: Queryable, statusId: StatusId, limit: number): Promise<StatusId[]> {
  const rows = await db.query<{ id: StatusId }>(
    `WITH RECURSIVE chain (id, parent_id, living, depth) AS (
       SELECT id, in_reply_to_id, false, 0 FROM social.statuses WHERE id = $1
       UNION ALL
       SELECT p.id, p.in_reply_to_id, p.deleted_at IS NULL, chain.depth + 1
         FROM chain JOIN social.statuses p ON p.id = chain.parent_id
        WHERE chain.depth < $2
     )
     SELECT id FROM (SELECT id, min(depth) AS depth FROM chain WHERE living AND id <> $1 GROUP BY id ORDER BY depth LIMIT $3) AS found
      ORDER BY depth DESC`,
    [statusId, Math.min(limit, DEPTH_MAX), Math.min(limit, DEPTH_MAX)],
  );
  return rows.map((row) => row.id);
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
