import { changeOf } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { changed, type Queryable } from '../database.js';

/** Of these people the follows say anew whether an exclusive list holds them. */
export async function keepApart(tx: Queryable, ownerId: AccountId, ids: readonly AccountId[]): Promise<void> {
  const moved = await tx.query(
    `UPDATE social.follows f SET apart = NOT f.apart
      WHERE f.account_id = $1 AND f.target_account_id = ANY($2::bigint[])
        AND f.apart <> EXISTS (SELECT FROM social.list_members m JOIN social.lists l ON l.id = m.list_id AND l.exclusive
                                WHERE m.owner_id = $1 AND m.member_id = f.target_account_id)
     RETURNING f.id`,
    [ownerId, ids],
  );
  if (moved.length > 0) await changed(tx, [changeOf.ties(ownerId)]);
}
