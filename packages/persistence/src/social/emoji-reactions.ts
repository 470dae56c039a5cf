import { changeOf } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { NewReaction, ReactionOutcome } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { plainText, plainTextOrNull } from './safe-values.js';

/** Different emojis on one status, and of one person on it. */
const EMOJIS_MAX = 64;
const OWN_EMOJIS_MAX = 16;

interface Counted {
  readonly statusId: StatusId;
  readonly name: string;
}

/** Once for each emoji, person and status. Whoever comes first with a custom one gives it its picture. */
export async function insertReaction(tx: Queryable, reaction: NewReaction): Promise<ReactionOutcome> {
  const { id, accountId, statusId, name } = reaction;
  // The same order of locks as everything that moves counters: the statistics first.
  await lockStatistics(tx, statusId);
  const [status] = await tx.query<{ kinds: number; own: number; standing: boolean; shown: boolean }>(
    `SELECT (SELECT count(*)::int FROM (SELECT FROM social.reaction_counts c WHERE c.status_id = st.status_id LIMIT ${EMOJIS_MAX}) AS c) AS kinds,
            (SELECT count(*)::int FROM (SELECT FROM social.status_reactions r WHERE r.status_id = st.status_id AND r.account_id = $2 LIMIT ${OWN_EMOJIS_MAX}) AS r) AS own,
            EXISTS (SELECT FROM social.status_reactions r WHERE r.status_id = st.status_id AND r.account_id = $2 AND r.name = $3) AS standing,
            EXISTS (SELECT FROM social.reaction_counts c WHERE c.status_id = st.status_id AND c.name = $3) AS shown
       FROM social.status_stats st WHERE st.status_id = $1 LIMIT 1`,
    [statusId, accountId, plainText(name)],
  );
  if (status === undefined) return 'unknown_status';
  if (status.standing) {
    await renameReaction(tx, reaction);
    return 'known';
  }
  if (status.own >= OWN_EMOJIS_MAX || (!status.shown && status.kinds >= EMOJIS_MAX)) return 'too_many';
  const made = await tx.query(
    `INSERT INTO social.status_reactions (status_id, account_id, name, id, uri)
     SELECT s.id, $2, $3, $4, $5 FROM social.statuses s WHERE s.id = $1 AND s.deleted_at IS NULL
     ON CONFLICT DO NOTHING RETURNING id`,
    [statusId, accountId, plainText(name), id, plainTextOrNull(reaction.uri)],
  );
  if (made.length === 0) return 'known';
  await tx.query(
    `INSERT INTO social.reaction_counts AS c (status_id, name, count, url, static_url) VALUES ($1, $2, 1, $3, $4)
     ON CONFLICT (status_id, name) DO UPDATE SET count = c.count + 1`,
    [statusId, plainText(name), plainTextOrNull(reaction.url), plainTextOrNull(reaction.staticUrl)],
  );
  await moveTotals(tx, [statusId], [1]);
  return 'stored';
}

/** Sent again it has another id, which its Undo may name alone. The favourite that it made goes by it as well. */
async function renameReaction(tx: Queryable, { accountId, statusId, name, uri }: NewReaction): Promise<void> {
  if (uri === null) return;
  await tx.query(
    `WITH before AS (
       SELECT uri FROM social.status_reactions WHERE status_id = $1 AND account_id = $2 AND name = $3 AND uri IS DISTINCT FROM $4::text FOR UPDATE
     ), renamed AS (
       UPDATE social.status_reactions r SET uri = $4::text FROM before WHERE r.status_id = $1 AND r.account_id = $2 AND r.name = $3
     )
     UPDATE social.favourites f SET uri = $4::text FROM before WHERE f.account_id = $2 AND f.status_id = $1 AND f.uri = before.uri`,
    [statusId, accountId, plainText(name), plainTextOrNull(uri)],
  );
}

async function lockStatistics(tx: Queryable, statusId: StatusId): Promise<void> {
  await tx.query('SELECT status_id FROM social.status_stats WHERE status_id = $1 FOR UPDATE', [statusId]);
}

/** Null when it does not stand. */
export async function deleteReaction(tx: Queryable, { accountId, statusId, name }: Counted & { readonly accountId: AccountId }): Promise<{ uri: string | null } | null> {
  await lockStatistics(tx, statusId);
  const gone = await tx.query<Counted & { uri: string | null }>(
    `DELETE FROM social.status_reactions WHERE status_id = $1 AND account_id = $2 AND name = $3 RETURNING status_id AS "statusId", name, uri`,
    [statusId, accountId, plainText(name)],
  );
  await uncountReactions(tx, gone);
  return gone[0] === undefined ? null : { uri: gone[0].uri };
}

/** The uris of the person's standing reactions to the status, the oldest first; null: it came without one. */
export async function reactionUris(db: Queryable, accountId: AccountId, statusId: StatusId): Promise<(string | null)[]> {
  const rows = await db.query<{ uri: string | null }>(
    'SELECT uri FROM social.status_reactions WHERE status_id = $1 AND account_id = $2 ORDER BY id LIMIT $3',
    [statusId, accountId, OWN_EMOJIS_MAX],
  );
  return rows.map(({ uri }) => uri);
}

/** Takes reactions that are gone out of the counts; what nobody reacts with any more vanishes. */
export async function uncountReactions(tx: Queryable, gone: readonly Counted[]): Promise<void> {
  if (gone.length === 0) return;
  await tx.query(
    `UPDATE social.reaction_counts c SET count = c.count - d.count
       FROM (SELECT status_id, name, count(*) AS count FROM unnest($1::bigint[], $2::text[]) AS g (status_id, name) GROUP BY 1, 2) AS d
      WHERE c.status_id = d.status_id AND c.name = d.name`,
    [gone.map(({ statusId }) => statusId), gone.map(({ name }) => name)],
  );
  await tx.query('DELETE FROM social.reaction_counts WHERE status_id = ANY($1::bigint[]) AND count <= 0', [gone.map(({ statusId }) => statusId)]);
  await moveTotals(tx, gone.map(({ statusId }) => statusId), gone.map(() => -1));
}

async function moveTotals(tx: Queryable, statusIds: readonly StatusId[], by: readonly number[]): Promise<void> {
  await tx.query(
    `UPDATE social.status_stats st SET reactions_count = greatest(0, st.reactions_count + d.by)
       FROM (SELECT status_id, sum(by)::bigint AS by FROM unnest($1::bigint[], $2::int[]) AS g (status_id, by) GROUP BY status_id) AS d
      WHERE st.status_id = d.status_id`,
    [statusIds, by],
  );
  await changed(tx, [...new Set(statusIds)].map((id) => changeOf.status(id)));
}
