import { changeOf } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import type { StatusQuotePolicy } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { policyBits } from './quote-policy-bits.js';

/** Those that are not as they were; a status that is gone has none. Each status once. */
export async function setQuotePolicies(tx: Queryable, given: readonly StatusQuotePolicy[]): Promise<Set<StatusId>> {
  if (given.length === 0) return new Set();
  const rows = await tx.query<{ id: StatusId }>(
    `UPDATE social.statuses s SET quote_policy = g.policy FROM unnest($1::bigint[], $2::smallint[]) AS g (id, policy)
      WHERE s.id = g.id AND s.deleted_at IS NULL AND s.quote_policy IS DISTINCT FROM g.policy
     RETURNING s.id`,
    [given.map(({ statusId }) => statusId), given.map(({ policy }) => policyBits(policy))],
  );
  await changed(tx, rows.map(({ id }) => changeOf.status(id)));
  return new Set(rows.map(({ id }) => id));
}
