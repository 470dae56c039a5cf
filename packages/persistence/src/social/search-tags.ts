import { normaliseHashtag } from '@trunkline/domain';
import type { Queryable } from '../database.js';
import { plainText } from './safe-values.js';

/** Tags looked at: a search for one letter must not walk through all there are. */
const STEPS_MAX = 300;
const LIMIT_MAX = 80;

/**
 * Tags in use that begin so, shortest first. Only those that a public status carries: what people tag among
 * themselves is nobody's business. Jumps from tag to tag in the index, a step each, however often one is used.
 */
export async function searchTags(db: Queryable, query: { readonly prefix: string; readonly limit: number; readonly offset: number }): Promise<string[]> {
  const prefix = normaliseHashtag(plainText(query.prefix));
  if (prefix === '' || query.limit <= 0) return [];
  const rows = await db.query<{ tag: string }>(
    `WITH RECURSIVE walk (tag, step) AS (
        (SELECT tag, 1 FROM social.status_tags WHERE tag >= $1 ORDER BY tag LIMIT 1)
        UNION ALL
        SELECT (SELECT t.tag FROM social.status_tags t WHERE t.tag > walk.tag ORDER BY t.tag LIMIT 1), walk.step + 1
          FROM walk WHERE walk.tag IS NOT NULL AND walk.step < ${STEPS_MAX}
      )
      SELECT walk.tag FROM walk
       WHERE starts_with(walk.tag, $1)
         AND EXISTS (SELECT FROM social.status_tags t JOIN social.statuses s ON s.id = t.status_id
                      WHERE t.tag = walk.tag AND s.visibility = 'public' AND s.deleted_at IS NULL)
       ORDER BY length(walk.tag), walk.tag LIMIT $2 OFFSET $3`,
    [prefix, Math.min(query.limit, LIMIT_MAX), Math.max(0, query.offset)],
  );
  return rows.map((row) => row.tag);
}
