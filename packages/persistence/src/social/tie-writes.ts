import { changeOf } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { FollowOptions, FollowTie, Tie } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { moveAccountCounters } from './counters.js';
import { plainTextOrNull } from './safe-values.js';

const TIE_COLUMNS = `id, account_id AS "accountId", target_account_id AS "targetId", uri`;
const FOLLOW_COLUMNS = `${TIE_COLUMNS}, show_boosts AS "showBoosts", notify, languages`;

type FollowTable = 'follows' | 'follow_requests';

async function insertFollowRow(tx: Queryable, table: FollowTable, tie: FollowTie): Promise<boolean> {
  // Where a follower lives never changes: kept with the follow, fan-out need not look at a hundred thousand accounts.
  const [column, value] = table === 'follows' ? [', local', ', coalesce((SELECT a.domain IS NULL FROM social.accounts a WHERE a.id = $2), true)'] : ['', ''];
  const rows = await tx.query(
    `INSERT INTO social.${table} (id, account_id, target_account_id, uri, show_boosts, notify, languages${column})
     VALUES ($1, $2, $3, $4, $5, $6, $7::text[]${value}) ON CONFLICT (account_id, target_account_id) DO NOTHING RETURNING id`,
    [tie.id, tie.accountId, tie.targetId, plainTextOrNull(tie.uri), tie.showBoosts, tie.notify, tie.languages],
  );
  return rows.length === 1;
}

async function deleteFollowRow(tx: Queryable, table: FollowTable, accountId: AccountId, targetId: AccountId): Promise<FollowTie | null> {
  const sql = `DELETE FROM social.${table} WHERE account_id = $1 AND target_account_id = $2 RETURNING ${FOLLOW_COLUMNS}`;
  return (await tx.query<FollowTie>(sql, [accountId, targetId]))[0] ?? null;
}

export async function insertFollow(tx: Queryable, tie: FollowTie): Promise<boolean> {
  if (!(await insertFollowRow(tx, 'follows', tie))) return false;
  await moveAccountCounters(tx, followDeltas(tie, 1));
  await changed(tx, [changeOf.ties(tie.accountId)]);
  return true;
}

export async function deleteFollow(tx: Queryable, accountId: AccountId, targetId: AccountId): Promise<FollowTie | null> {
  const gone = await deleteFollowRow(tx, 'follows', accountId, targetId);
  if (gone === null) return null;
  await moveAccountCounters(tx, followDeltas(gone, -1));
  await changed(tx, [changeOf.ties(accountId)]);
  return gone;
}

/** What one follow more or less does to both sides. */
export const followDeltas = (tie: { readonly accountId: AccountId; readonly targetId: AccountId }, by: 1 | -1) => [
  { accountId: tie.accountId, following: by },
  { accountId: tie.targetId, followers: by },
];

export const insertFollowRequest = (tx: Queryable, tie: FollowTie): Promise<boolean> => insertFollowRow(tx, 'follow_requests', tie);

export const deleteFollowRequest = (tx: Queryable, accountId: AccountId, targetId: AccountId): Promise<FollowTie | null> =>
  deleteFollowRow(tx, 'follow_requests', accountId, targetId);

/** Members that are left out stay as they are; `languages: null` means all. */
export async function updateFollow(
  tx: Queryable,
  table: FollowTable,
  tie: { readonly accountId: AccountId; readonly targetId: AccountId },
  change: Partial<FollowOptions> & { uri?: string },
): Promise<void> {
  const params: unknown[] = [tie.accountId, tie.targetId];
  const sets: string[] = [];
  if (change.showBoosts !== undefined) sets.push(`show_boosts = $${params.push(change.showBoosts)}`);
  if (change.notify !== undefined) sets.push(`notify = $${params.push(change.notify)}`);
  if (change.languages !== undefined) sets.push(`languages = $${params.push(change.languages)}::text[]`);
  if (change.uri !== undefined) sets.push(`uri = $${params.push(plainTextOrNull(change.uri))}`);
  if (sets.length === 0) return;
  await tx.query(`UPDATE social.${table} SET ${sets.join(', ')} WHERE account_id = $1 AND target_account_id = $2`, params);
  if (table === 'follows') await changed(tx, [changeOf.ties(tie.accountId)]);
}

export async function insertBlock(tx: Queryable, tie: Tie): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO social.blocks (id, account_id, target_account_id, uri) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, target_account_id) DO NOTHING RETURNING id`,
    [tie.id, tie.accountId, tie.targetId, plainTextOrNull(tie.uri)],
  );
  await changed(tx, [changeOf.ties(tie.accountId), changeOf.ties(tie.targetId)]);
  return rows.length === 1;
}

export async function deleteBlock(tx: Queryable, accountId: AccountId, targetId: AccountId): Promise<Tie | null> {
  const sql = `DELETE FROM social.blocks WHERE account_id = $1 AND target_account_id = $2 RETURNING ${TIE_COLUMNS}`;
  const [gone] = await tx.query<Tie>(sql, [accountId, targetId]);
  await changed(tx, [changeOf.ties(accountId), changeOf.ties(targetId)]);
  return gone ?? null;
}

/** A second mute changes the first: its end and whether notifications are hidden. */
export async function insertMute(
  tx: Queryable,
  mute: { id: Snowflake; accountId: AccountId; targetId: AccountId; hideNotifications: boolean; expiresAt: Date | null },
): Promise<void> {
  await tx.query(
    `INSERT INTO social.mutes (id, account_id, target_account_id, hide_notifications, expires_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (account_id, target_account_id)
     DO UPDATE SET hide_notifications = excluded.hide_notifications, expires_at = excluded.expires_at`,
    [mute.id, mute.accountId, mute.targetId, mute.hideNotifications, mute.expiresAt],
  );
  await changed(tx, [changeOf.ties(mute.accountId)]);
}

export async function deleteMute(tx: Queryable, accountId: AccountId, targetId: AccountId): Promise<boolean> {
  const sql = 'DELETE FROM social.mutes WHERE account_id = $1 AND target_account_id = $2 RETURNING id';
  const gone = await tx.query(sql, [accountId, targetId]);
  await changed(tx, [changeOf.ties(accountId)]);
  return gone.length === 1;
}
