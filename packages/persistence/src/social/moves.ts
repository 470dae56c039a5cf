import { changeOf } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { TieToMoved } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { plainText } from './safe-values.js';

/**
 * Notes that the account moves now. False: it moved elsewhere after `notSince`. The same move may be noted again, so
 * that one that was cut off can go on.
 */
export async function claimMove(
  tx: Queryable,
  move: { readonly accountId: AccountId; readonly targetId: AccountId; readonly targetUri: string; readonly at: Date; readonly notSince: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO social.moves AS m (account_id, target_account_id, moved_at) VALUES ($1, $2, $3)
     ON CONFLICT (account_id) DO UPDATE SET
       moved_at = CASE WHEN m.target_account_id = excluded.target_account_id THEN m.moved_at ELSE excluded.moved_at END,
       target_account_id = excluded.target_account_id
      WHERE m.target_account_id = excluded.target_account_id OR m.moved_at <= $4
     RETURNING account_id`,
    [move.accountId, move.targetId, move.at, move.notSince],
  );
  if (rows.length === 0) return false;
  await tx.query('UPDATE social.accounts SET moved_to_uri = $2, updated_at = now() WHERE id = $1 AND deleted_at IS NULL', [move.accountId, plainText(move.targetUri)]);
  await changed(tx, [changeOf.account(move.accountId)]);
  return true;
}

/** People here who block or mute the account, in order of their ids; mutes that ran out are left out. */
export function localTiesTo(db: Queryable, targetId: AccountId, afterId: AccountId, limit: number): Promise<TieToMoved[]> {
  return db.query<TieToMoved>(
    `SELECT ties.id AS "accountId", bool_or(ties.blocks) AS blocks, bool_or(NOT ties.blocks) AS mutes,
            coalesce(bool_or(ties.hide), false) AS "hideNotifications", max(ties.ends) AS "expiresAt"
       FROM (
         (SELECT b.account_id AS id, true AS blocks, NULL::boolean AS hide, NULL::timestamptz AS ends
            FROM social.blocks b JOIN social.accounts a ON a.id = b.account_id AND a.domain IS NULL AND a.deleted_at IS NULL
           WHERE b.target_account_id = $1 AND b.account_id > $2::bigint ORDER BY b.account_id LIMIT $3)
         UNION ALL
         (SELECT m.account_id, false, m.hide_notifications, m.expires_at
            FROM social.mutes m JOIN social.accounts a ON a.id = m.account_id AND a.domain IS NULL AND a.deleted_at IS NULL
           WHERE m.target_account_id = $1 AND m.account_id > $2::bigint AND (m.expires_at IS NULL OR m.expires_at > now())
           ORDER BY m.account_id LIMIT $3)
       ) AS ties
      GROUP BY ties.id ORDER BY ties.id LIMIT $3`,
    [targetId, afterId, limit],
  );
}
