import { changeOf } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import type { NewParent } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { waitsForLeave } from './consents.js';
import { moveStatusCounters } from './counters.js';
import { plainTexts } from './safe-values.js';

const BATCH = 1_000;
/** Of what stands below an adopted status, so much comes along into the parent's conversation. */
const BELOW_MAX = 5_000;
const DEPTH_MAX = 100;

/** Ties statuses that waited for these uris to their parents, but those that wait for an author's leave, in batches; how many there were. */
export async function adoptOrphans(tx: Queryable, parents: readonly NewParent[]): Promise<number> {
  if (parents.length === 0) return 0;
  let adopted = 0;
  for (;;) {
    const rows = await tx.query<{ id: StatusId; parentId: StatusId; counted: boolean }>(
      `WITH orphans AS (
         SELECT s.id, parent.id AS parent_id, parent.account_id
           FROM unnest((SELECT $1::text[]), (SELECT $2::bigint[])) AS asked (uri, id)
           JOIN social.statuses s ON s.in_reply_to_uri = asked.uri
           JOIN LATERAL (SELECT p.id, p.account_id, p.local, p.in_reply_to_account_id FROM social.statuses p WHERE p.id = asked.id LIMIT 1) AS parent ON true
          WHERE NOT ${waitsForLeave('s')}
          ORDER BY s.id LIMIT ${BATCH} FOR UPDATE OF s
       )
       UPDATE social.statuses s
          SET in_reply_to_id = orphans.parent_id, in_reply_to_account_id = orphans.account_id, in_reply_to_uri = NULL
         FROM orphans WHERE s.id = orphans.id
       RETURNING s.id, s.in_reply_to_id AS "parentId", s.deleted_at IS NULL AND s.visibility IN ('public', 'unlisted') AS counted`,
      [plainTexts(parents.map(({ uri }) => uri)), parents.map(({ id }) => id)],
    );
    if (rows.length > 0) await moveIntoThread(tx, rows.map((row) => row.id));
    await changed(tx, rows.map((row) => changeOf.status(row.id)));
    await moveStatusCounters(tx, rows.filter((row) => row.counted).map((row) => ({ statusId: row.parentId, replies: 1 })));
    adopted += rows.length;
    if (rows.length < BATCH) return adopted;
  }
}

/**
 * What answers an adopted status belongs to the same conversation as its parent now. Where several are adopted at once, and
 * one answers another, the topmost one's counts.
 */
async function moveIntoThread(tx: Queryable, ids: readonly StatusId[]): Promise<void> {
  await tx.query(
    `WITH RECURSIVE tree (id, conversation_id, depth) AS (
       SELECT s.id, parent.conversation_id, 0 FROM social.statuses s JOIN social.statuses parent ON parent.id = s.in_reply_to_id WHERE s.id = ANY($1::bigint[])
       UNION ALL
       SELECT reply.id, tree.conversation_id, tree.depth + 1 FROM tree JOIN social.statuses reply ON reply.in_reply_to_id = tree.id
        WHERE tree.depth < ${DEPTH_MAX}
     ), moved AS (
       SELECT DISTINCT ON (id) id, conversation_id FROM (SELECT id, conversation_id, depth FROM tree LIMIT ${BELOW_MAX}) AS found ORDER BY id, depth DESC
     )
     UPDATE social.statuses s SET conversation_id = moved.conversation_id FROM moved WHERE s.id = moved.id AND s.conversation_id <> moved.conversation_id`,
    [ids],
  );
}
