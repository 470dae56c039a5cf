import { changeOf, type QuotePolicy } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import { changed, type Queryable } from '../database.js';
import { policyBits } from './quote-policy-bits.js';

/** False: it is as it was, or the status is gone. */
export async function setQuotePolicy(tx: Queryable, statusId: StatusId, policy: QuotePolicy | null): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE social.statuses SET quote_policy = $2 WHERE id = $1 AND deleted_at IS NULL AND quote_policy IS DISTINCT FROM $2::smallint RETURNING id',
    [statusId, policyBits(policy)],
  );
  await changed(tx, rows.length === 0 ? [] : [changeOf.status(statusId)]);
  return rows.length === 1;
}
