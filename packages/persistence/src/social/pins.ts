import { changeOf } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import { changed, type Queryable } from '../database.js';

/** Living pinned statuses of the account, the last pinned first. */
export async function pinnedIds(db: Queryable, accountId: AccountId, limit: number): Promise<StatusId[]> {
  const rows = await db.query<{ id: StatusId }>(
    `SELECT p.status_id AS id FROM social.pins p JOIN social.statuses s ON s.id = p.status_id
      WHERE p.account_id = $1 AND s.deleted_at IS NULL ORDER BY p.id DESC LIMIT $2`,
    [accountId, limit],
  );
  return rows.map((row) => row.id);
}

/** The id under which a status is pinned by its author; null: it is not. */
export async function pinId(db: Queryable, accountId: AccountId, statusId: StatusId): Promise<Snowflake | null> {
  const [row] = await db.query<{ id: Snowflake }>('SELECT id FROM social.pins WHERE account_id = $1 AND status_id = $2 LIMIT 1', [accountId, statusId]);
  return row?.id ?? null;
}

/** False when it is pinned already, is not this author's own living post, or `most` are pinned. Callers of one account take turns. */
export async function insertPin(
  tx: Queryable,
  pin: { readonly id: Snowflake; readonly accountId: AccountId; readonly statusId: StatusId },
  most: number,
): Promise<boolean> {
  await tx.query('SELECT account_id FROM social.account_stats WHERE account_id = $1 FOR UPDATE', [pin.accountId]);
  const rows = await tx.query(
    `INSERT INTO social.pins (id, account_id, status_id)
     SELECT $1, $2, s.id FROM social.statuses s
      WHERE s.id = $3 AND s.account_id = $2 AND s.deleted_at IS NULL AND s.boost_of_id IS NULL
        AND (SELECT count(*) FROM social.pins p JOIN social.statuses o ON o.id = p.status_id
              WHERE p.account_id = $2 AND o.deleted_at IS NULL) < $4
     ON CONFLICT (account_id, status_id) DO NOTHING RETURNING id`,
    [pin.id, pin.accountId, pin.statusId, most],
  );
  if (rows.length > 0) await changed(tx, [changeOf.marks(pin.accountId)]);
  return rows.length > 0;
}

/** The pin that is gone now; null: there was none. */
export async function deletePin(tx: Queryable, accountId: AccountId, statusId: StatusId): Promise<Snowflake | null> {
  const [gone] = await tx.query<{ id: Snowflake }>('DELETE FROM social.pins WHERE account_id = $1 AND status_id = $2 RETURNING id', [accountId, statusId]);
  if (gone !== undefined) await changed(tx, [changeOf.marks(accountId)]);
  return gone?.id ?? null;
}

/** The whole list as its author's server shows it, in that order: the first is the last pinned. */
export async function replacePins(tx: Queryable, accountId: AccountId, pins: readonly { readonly id: Snowflake; readonly statusId: StatusId }[]): Promise<void> {
  await tx.query('SELECT account_id FROM social.account_stats WHERE account_id = $1 FOR UPDATE', [accountId]);
  await tx.query('DELETE FROM social.pins WHERE account_id = $1', [accountId]);
  await tx.query(
    `INSERT INTO social.pins (id, account_id, status_id)
     SELECT given.id, $1, s.id FROM unnest($2::bigint[], $3::bigint[]) AS given (id, status_id)
       JOIN social.statuses s ON s.id = given.status_id AND s.account_id = $1 AND s.deleted_at IS NULL AND s.boost_of_id IS NULL
     ON CONFLICT (account_id, status_id) DO NOTHING`,
    [accountId, pins.map((pin) => pin.id), pins.map((pin) => pin.statusId)],
  );
  await changed(tx, [changeOf.marks(accountId)]);
}
