import type { AccountId, StatusId } from '@trunkline/kernel';
import type { Queryable } from '../database.js';
import { plainText } from './safe-values.js';

/** As long as Mastodon keeps them. */
const KEPT = `interval '1 hour'`;

/** Null when this call took the key; else the status that took it. A second caller waits for the first's commit. */
export async function claimIdempotencyKey(tx: Queryable, accountId: AccountId, key: string, statusId: StatusId): Promise<StatusId | null> {
  const taken = await tx.query(
    `INSERT INTO social.idempotency_keys AS k (account_id, key, status_id) VALUES ($1, $2, $3)
     ON CONFLICT (account_id, key) DO UPDATE SET status_id = excluded.status_id, created_at = now()
       WHERE k.created_at < now() - ${KEPT}
     RETURNING status_id`,
    [accountId, plainText(key), statusId],
  );
  if (taken.length === 1) return null;
  const [holder] = await tx.query<{ statusId: StatusId }>(
    'SELECT status_id AS "statusId" FROM social.idempotency_keys WHERE account_id = $1 AND key = $2 LIMIT 1',
    [accountId, plainText(key)],
  );
  return holder?.statusId ?? null;
}
