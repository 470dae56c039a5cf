import { changeOf } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import type { NewParent } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { moveStatusCounters } from './counters.js';
import { plainTexts } from './safe-values.js';

const BATCH = 1_000;

/** Ties statuses that waited for these uris to their parents, in batches; how many there were. */
export async function adoptOrphans(tx: Queryable, parents: readonly NewParent[]): Promise<number> {
  if (parents.length === 0) return 0;
  let adopted = 0;
  for (;;) {
    const rows = await tx.query<{ id: StatusId; parentId: StatusId; counted: boolean }>(
      `WITH orphans AS (
         SELECT s.id, parent.id AS parent_id, parent.account_id
           FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS parent (uri, id, account_id)
           JOIN social.statuses s ON s.in_reply_to_uri = parent.uri
          ORDER BY s.id LIMIT ${BATCH} FOR UPDATE OF s
       )
       UPDATE social.statuses s
          SET in_reply_to_id = orphans.parent_id, in_reply_to_account_id = orphans.account_id, in_reply_to_uri = NULL
         FROM orphans WHERE s.id = orphans.id
       RETURNING s.id, s.in_reply_to_id AS "parentId", s.deleted_at IS NULL AND s.visibility IN ('public', 'unlisted') AS counted`,
      [plainTexts(parents.map(({ uri }) => uri)), parents.map(({ id }) => id), parents.map(({ accountId }) => accountId)],
    );
    await changed(tx, rows.map((row) => changeOf.status(row.id)));
    await moveStatusCounters(tx, rows.filter((row) => row.counted).map((row) => ({ statusId: row.parentId, replies: 1 })));
    adopted += rows.length;
    if (rows.length < BATCH) return adopted;
  }
}
