import { changeOf } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { BlockOutcome, FollowOptions, FollowPair, FollowTable, FollowTie, Tie } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { moveAccountCounters } from './counters.js';
import { jsonText, plainTextOrNull, plainTexts } from './safe-values.js';

const TIE_COLUMNS = `id, account_id AS "accountId", target_account_id AS "targetId", uri`;
const FOLLOW_COLUMNS = `${TIE_COLUMNS}, show_boosts AS "showBoosts", notify, languages`;

/** @returns the ids of those that are new */
async function insertRows(tx: Queryable, table: FollowTable, ties: readonly FollowTie[]): Promise<Set<Snowflake>> {
  if (ties.length === 0) return new Set();
  // Where a follower lives never changes: kept with the follow, fan-out need not look at a hundred thousand accounts.
  const [column, value] = table === 'follows' ? [', local', ', coalesce((SELECT a.domain IS NULL FROM social.accounts a WHERE a.id = g.account_id), true)'] : ['', ''];
  const rows = await tx.query<{ id: Snowflake }>(
    `INSERT INTO social.${table} (id, account_id, target_account_id, uri, show_boosts, notify, languages${column})
     SELECT g.id, g.account_id, g.target_id, g.uri, g.show_boosts, g.notify, g.languages${value}
       FROM json_to_recordset($1::json) AS g (id bigint, account_id bigint, target_id bigint, uri text, show_boosts boolean, notify boolean, languages text[])
      ORDER BY g.account_id, g.target_id
     ON CONFLICT (account_id, target_account_id) DO NOTHING RETURNING id`,
    [jsonText(ties.map(columnsOf))],
  );
  return new Set(rows.map(({ id }) => id));
}

const columnsOf = (tie: FollowTie) => ({
  id: tie.id,
  account_id: tie.accountId,
  target_id: tie.targetId,
  uri: tie.uri,
  show_boosts: tie.showBoosts,
  notify: tie.notify,
  languages: tie.languages,
});

function deleteRows(tx: Queryable, table: FollowTable, pairs: readonly FollowPair[]): Promise<FollowTie[]> {
  return tx.query<FollowTie>(
    `DELETE FROM social.${table} f USING unnest($1::bigint[], $2::bigint[]) AS g (follower, target)
      WHERE f.account_id = g.follower AND f.target_account_id = g.target RETURNING ${FOLLOW_COLUMNS}`,
    [pairs.map(({ accountId }) => accountId), pairs.map(({ targetId }) => targetId)],
  );
}

/** @returns the ids of those that are new */
export async function insertFollows(tx: Queryable, ties: readonly FollowTie[]): Promise<Set<Snowflake>> {
  const made = await insertRows(tx, 'follows', ties);
  const fresh = ties.filter(({ id }) => made.has(id));
  await moveAccountCounters(tx, fresh.flatMap((tie) => followDeltas(tie, 1)));
  await changed(tx, fresh.map(({ accountId }) => changeOf.ties(accountId)));
  return made;
}

/** Those that stood, follows as well as requests: of each pair one. */
export async function deleteFollows(tx: Queryable, pairs: readonly FollowPair[]): Promise<FollowTie[]> {
  if (pairs.length === 0) return [];
  const gone = await deleteRows(tx, 'follows', pairs);
  await moveAccountCounters(tx, gone.flatMap((tie) => followDeltas(tie, -1)));
  await changed(tx, gone.map(({ accountId }) => changeOf.ties(accountId)));
  const ended = new Set(gone.map(pairKey));
  const others = pairs.filter((pair) => !ended.has(pairKey(pair)));
  return others.length === 0 ? gone : [...gone, ...(await deleteRows(tx, 'follow_requests', others))];
}

const pairKey = ({ accountId, targetId }: FollowPair): string => `${accountId} ${targetId}`;

export async function deleteFollow(tx: Queryable, accountId: AccountId, targetId: AccountId): Promise<FollowTie | null> {
  const [gone] = await deleteRows(tx, 'follows', [{ accountId, targetId }]);
  if (gone === undefined) return null;
  await moveAccountCounters(tx, followDeltas(gone, -1));
  await changed(tx, [changeOf.ties(accountId)]);
  return gone;
}

/** What one follow more or less does to both sides. */
export const followDeltas = (tie: { readonly accountId: AccountId; readonly targetId: AccountId }, by: 1 | -1) => [
  { accountId: tie.accountId, following: by },
  { accountId: tie.targetId, followers: by },
];

export const insertFollowRequests = (tx: Queryable, ties: readonly FollowTie[]): Promise<Set<Snowflake>> => insertRows(tx, 'follow_requests', ties);

export const deleteFollowRequest = async (tx: Queryable, accountId: AccountId, targetId: AccountId): Promise<FollowTie | null> =>
  (await deleteRows(tx, 'follow_requests', [{ accountId, targetId }]))[0] ?? null;

/** Gives standing follows, or requests, other uris. */
export async function renameFollows(tx: Queryable, table: FollowTable, ties: readonly (FollowPair & { readonly uri: string })[]): Promise<void> {
  if (ties.length === 0) return;
  await tx.query(
    `UPDATE social.${table} f SET uri = g.uri FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS g (follower, target, uri)
      WHERE f.account_id = g.follower AND f.target_account_id = g.target`,
    [ties.map(({ accountId }) => accountId), ties.map(({ targetId }) => targetId), plainTexts(ties.map(({ uri }) => uri))],
  );
  if (table === 'follows') await changed(tx, ties.map(({ accountId }) => changeOf.ties(accountId)));
}

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

/** Many, each pair once; what its author took back before it came is not made. @returns what became of each */
export async function insertBlocks(tx: Queryable, ties: readonly Tie[]): Promise<BlockOutcome[]> {
  if (ties.length === 0) return [];
  const rows = await tx.query<{ id: Snowflake; made: boolean; undone: boolean }>(
    `WITH given AS (
       SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS g (id, account_id, target_id, uri)
     ), undone AS (
       SELECT g.id FROM given g JOIN social.accounts a ON a.id = g.account_id JOIN social.tombstones t ON t.uri = g.uri AND t.actor_uri = a.uri
     ), made AS (
       INSERT INTO social.blocks (id, account_id, target_account_id, uri)
       SELECT g.id, g.account_id, g.target_id, g.uri FROM given g WHERE NOT EXISTS (SELECT FROM undone u WHERE u.id = g.id) ORDER BY g.account_id, g.target_id
       ON CONFLICT (account_id, target_account_id) DO NOTHING RETURNING id
     )
     SELECT g.id, EXISTS (SELECT FROM made m WHERE m.id = g.id) AS made, EXISTS (SELECT FROM undone u WHERE u.id = g.id) AS undone FROM given g LIMIT $5`,
    [ties.map(({ id }) => id), ties.map(({ accountId }) => accountId), ties.map(({ targetId }) => targetId), ties.map(({ uri }) => plainTextOrNull(uri)), ties.length],
  );
  await changed(tx, ties.flatMap((tie) => [changeOf.ties(tie.accountId), changeOf.ties(tie.targetId)]));
  const outcomes = new Map(rows.map(({ id, made, undone }): [Snowflake, BlockOutcome] => [id, made ? 'made' : undone ? 'undone' : 'stands']));
  return ties.map(({ id }) => outcomes.get(id) ?? 'stands');
}

/** @returns those that stood */
export async function deleteBlocks(tx: Queryable, pairs: readonly FollowPair[]): Promise<Tie[]> {
  if (pairs.length === 0) return [];
  const gone = await tx.query<Tie>(
    `DELETE FROM social.blocks b USING unnest($1::bigint[], $2::bigint[]) AS g (blocker, target)
      WHERE b.account_id = g.blocker AND b.target_account_id = g.target RETURNING ${TIE_COLUMNS}`,
    [pairs.map(({ accountId }) => accountId), pairs.map(({ targetId }) => targetId)],
  );
  await changed(tx, pairs.flatMap((pair) => [changeOf.ties(pair.accountId), changeOf.ties(pair.targetId)]));
  return gone;
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
