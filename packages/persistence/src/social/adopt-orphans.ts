import { versionOf } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { changed, type Queryable } from '../database.js';
import { moveStatusCounters } from './counters.js';

const BATCH = 1_000;

/** Ties statuses that waited for this uri to their parent, in batches; how many there were. */
export async function adoptOrphans(tx: Queryable, parentUri: string, parent: { id: StatusId; accountId: AccountId }): Promise<number> {
  let adopted = 0;
  for (;;) {
    const rows = await tx.query<{ id: StatusId; counted: boolean }>(
      `WITH orphans AS (
         SELECT id FROM social.statuses WHERE in_reply_to_uri = $1 ORDER BY id LIMIT ${BATCH} FOR UPDATE
       )
       UPDATE social.statuses s SET in_reply_to_id = $2, in_reply_to_account_id = $3, in_reply_to_uri = NULL
         FROM orphans WHERE s.id = orphans.id
       RETURNING s.id, s.deleted_at IS NULL AND s.visibility IN ('public', 'unlisted') AS counted`,
      [parentUri, parent.id, parent.accountId],
    );
    await changed(tx, rows.map((row) => versionOf.status(row.id)));
    const replies = rows.filter((row) => row.counted).length;
    if (replies > 0) await moveStatusCounters(tx, [{ statusId: parent.id, replies }]);
    adopted += rows.length;
    if (rows.length < BATCH) return adopted;
  }
}
