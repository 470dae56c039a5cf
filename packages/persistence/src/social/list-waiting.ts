import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { FollowTie } from '@trunkline/social';
import type { Queryable } from '../database.js';
import { keepApart } from './list-apart.js';
import { deleteFollowRequest, insertFollows } from './tie-writes.js';

interface Adding {
  readonly listId: Snowflake;
  readonly ownerId: AccountId;
  readonly members: readonly { readonly id: Snowflake; readonly accountId: AccountId }[];
}

/** Those of them whom the owner asks to follow and does not follow yet. Whoever ends the request, or the list, at this moment wins. */
export async function addWaiting(tx: Queryable, { listId, ownerId, members }: Adding): Promise<void> {
  await tx.query(
    `INSERT INTO social.list_waiting (id, list_id, owner_id, member_id)
     SELECT given.id, l.id, l.account_id, r.target_account_id FROM unnest($3::bigint[], $4::bigint[]) AS given (id, member_id)
       JOIN social.lists l ON l.account_id = $1 AND l.id = $2
       JOIN social.follow_requests r ON r.account_id = $1 AND r.target_account_id = given.member_id
      WHERE NOT EXISTS (SELECT FROM social.follows f WHERE f.account_id = $1 AND f.target_account_id = given.member_id)
     FOR KEY SHARE OF r, l`,
    [ownerId, listId, members.map((member) => member.id), members.map((member) => member.accountId)],
  );
}

/** A request becomes a follow, and who waits for it in lists a member of them. @returns the request; `isNew`: there was no follow already; null: nothing waited */
export async function acceptFollowRequest(tx: Queryable, accountId: AccountId, targetId: AccountId): Promise<{ readonly tie: FollowTie; readonly isNew: boolean } | null> {
  // Whoever puts the person into a list now comes first, or finds a follow.
  await tx.query('SELECT id FROM social.follow_requests WHERE account_id = $1 AND target_account_id = $2 LIMIT 1 FOR UPDATE', [accountId, targetId]);
  const waiting = await tx.query<{ id: Snowflake; listId: Snowflake }>(
    'SELECT id, list_id AS "listId" FROM social.list_waiting WHERE owner_id = $1 AND member_id = $2 LIMIT 1000',
    [accountId, targetId],
  );
  const tie = await deleteFollowRequest(tx, accountId, targetId);
  if (tie === null) return null;
  const isNew = (await insertFollows(tx, [tie])).has(tie.id);
  if (waiting.length > 0) {
    await tx.query(
      `INSERT INTO social.list_members (id, list_id, owner_id, member_id)
       SELECT given.id, l.id, l.account_id, $2 FROM unnest($3::bigint[], $4::bigint[]) AS given (id, list_id) JOIN social.lists l ON l.account_id = $1 AND l.id = given.list_id
       FOR KEY SHARE OF l ON CONFLICT (list_id, member_id) DO NOTHING`,
      [accountId, targetId, waiting.map((row) => row.id), waiting.map((row) => row.listId)],
    );
    await keepApart(tx, accountId, [targetId]);
  }
  return { tie, isNew };
}
