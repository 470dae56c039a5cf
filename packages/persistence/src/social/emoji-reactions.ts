import { changeOf } from '@trunkline/domain';
import type { Snowflake, StatusId } from '@trunkline/kernel';
import type { NewReaction, ReactionMark, ReactionOutcome, StatusMark, StoodReaction } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { jsonText, plainText, plainTextOrNull, plainTexts } from './safe-values.js';

/** Different emojis on one status, and of one person on it. */
const EMOJIS_MAX = 64;
const OWN_EMOJIS_MAX = 16;

interface Counted {
  readonly statusId: StatusId;
  readonly name: string;
}

interface Standing {
  readonly isHere: boolean;
  /** Emojis that are shown, and how they grow with what is given. */
  readonly kinds: Set<string>;
}

/**
 * In this order, of each person and status one. Once for each emoji, person and status. Whoever comes first with a custom one gives it its picture.
 *
 * @returns what became of each
 */
export async function insertReactions(tx: Queryable, reactions: readonly NewReaction[]): Promise<ReactionOutcome[]> {
  if (reactions.length === 0) return [];
  const statuses = await lockStatistics(tx, [...new Set(reactions.map(({ statusId }) => statusId))]);
  const own = await ownOf(tx, reactions);
  const outcomes = reactions.map((reaction): ReactionOutcome => {
    const status = statuses.get(reaction.statusId);
    const mine = own.get(reaction.id);
    const name = plainText(reaction.name);
    if (mine?.isUndone === true) return 'undone';
    if (status === undefined) return 'unknown_status';
    if (mine?.names.includes(name) === true) return 'known';
    if ((mine?.names.length ?? 0) >= OWN_EMOJIS_MAX || (!status.kinds.has(name) && status.kinds.size >= EMOJIS_MAX)) return 'too_many';
    if (!status.isHere) return 'known';
    status.kinds.add(name);
    return 'stored';
  });
  const of = (outcome: ReactionOutcome): NewReaction[] => reactions.filter((_, index) => outcomes[index] === outcome);
  await storeReactions(tx, of('stored'));
  await renameReactions(tx, of('known'));
  return outcomes;
}

/** The same order of locks as everything that moves counters: the statistics first. */
async function lockStatistics(tx: Queryable, statusIds: readonly StatusId[]): Promise<ReadonlyMap<StatusId, Standing>> {
  await tx.query('SELECT status_id FROM social.status_stats WHERE status_id = ANY($1::bigint[]) ORDER BY status_id LIMIT $2 FOR UPDATE', [statusIds, statusIds.length]);
  const rows = await tx.query<{ id: StatusId; isHere: boolean; kinds: string[] }>(
    `SELECT st.status_id AS id, EXISTS (SELECT FROM social.statuses s WHERE s.id = st.status_id AND s.deleted_at IS NULL) AS "isHere",
            ARRAY(SELECT c.name FROM social.reaction_counts c WHERE c.status_id = st.status_id LIMIT ${EMOJIS_MAX}) AS kinds
       FROM social.status_stats st WHERE st.status_id = ANY($1::bigint[]) LIMIT $2`,
    [statusIds, statusIds.length],
  );
  return new Map(rows.map(({ id, isHere, kinds }) => [id, { isHere, kinds: new Set(kinds) }]));
}

/** With which emojis the person reacts to the status already, and whether this was taken back before it came; by the id that the reaction would have. */
async function ownOf(tx: Queryable, reactions: readonly NewReaction[]): Promise<ReadonlyMap<Snowflake, { readonly names: readonly string[]; readonly isUndone: boolean }>> {
  const rows = await tx.query<{ id: Snowflake; names: string[]; isUndone: boolean }>(
    `SELECT g.id, ARRAY(SELECT r.name FROM social.status_reactions r WHERE r.status_id = g.status_id AND r.account_id = g.account_id LIMIT ${OWN_EMOJIS_MAX}) AS names,
            EXISTS (SELECT FROM social.tombstones t JOIN social.accounts a ON a.uri = t.actor_uri WHERE t.uri = g.uri AND a.id = g.account_id) AS "isUndone"
       FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS g (id, status_id, account_id, uri) LIMIT $5`,
    [reactions.map(({ id }) => id), reactions.map(({ statusId }) => statusId), reactions.map(({ accountId }) => accountId), reactions.map(({ uri }) => plainTextOrNull(uri)), reactions.length],
  );
  return new Map(rows.map(({ id, ...mine }) => [id, mine]));
}

async function storeReactions(tx: Queryable, reactions: readonly NewReaction[]): Promise<void> {
  if (reactions.length === 0) return;
  const rows = jsonText(reactions.map(rowOf));
  await tx.query(
    `INSERT INTO social.status_reactions (status_id, account_id, name, id, uri)
     SELECT status_id, account_id, name, id, uri FROM json_to_recordset($1::json) AS r (status_id bigint, account_id bigint, name text, id bigint, uri text)`,
    [rows],
  );
  await tx.query(
    `INSERT INTO social.reaction_counts AS c (status_id, name, count, url, static_url)
     SELECT status_id, name, count(*), (array_agg(url ORDER BY id))[1], (array_agg(static_url ORDER BY id))[1]
       FROM json_to_recordset($1::json) AS r (status_id bigint, name text, id bigint, url text, static_url text) GROUP BY status_id, name ORDER BY status_id, name
     ON CONFLICT (status_id, name) DO UPDATE SET count = c.count + excluded.count`,
    [rows],
  );
  await moveTotals(tx, reactions.map(({ statusId }) => statusId), reactions.map(() => 1));
}

const rowOf = ({ id, statusId, accountId, name, url, staticUrl, uri }: NewReaction) => ({
  id, status_id: statusId, account_id: accountId, name: plainText(name), url: plainTextOrNull(url), static_url: plainTextOrNull(staticUrl), uri: plainTextOrNull(uri),
});

/** Sent again they have other ids, which their Undo may name alone. The favourites that they made go by them as well. */
async function renameReactions(tx: Queryable, reactions: readonly NewReaction[]): Promise<void> {
  const named = reactions.filter(({ uri }) => uri !== null);
  if (named.length === 0) return;
  await tx.query(
    `WITH given AS (
       SELECT status_id, account_id, name, uri FROM json_to_recordset($1::json) AS r (status_id bigint, account_id bigint, name text, uri text)
     ), before AS (
       SELECT r.status_id, r.account_id, r.name, r.uri, g.uri AS next FROM social.status_reactions r JOIN given g USING (status_id, account_id, name)
        WHERE r.uri IS DISTINCT FROM g.uri FOR UPDATE OF r
     ), renamed AS (
       UPDATE social.status_reactions r SET uri = b.next FROM before b WHERE r.status_id = b.status_id AND r.account_id = b.account_id AND r.name = b.name
     )
     UPDATE social.favourites f SET uri = b.next FROM before b WHERE f.account_id = b.account_id AND f.status_id = b.status_id AND f.uri = b.uri`,
    [jsonText(named.map(rowOf))],
  );
}

/** @returns those that stood */
export async function deleteReactions(tx: Queryable, given: readonly ReactionMark[]): Promise<StoodReaction[]> {
  if (given.length === 0) return [];
  await lockStatistics(tx, [...new Set(given.map(({ statusId }) => statusId))]);
  const gone = await tx.query<StoodReaction>(
    `DELETE FROM social.status_reactions r USING unnest($1::bigint[], $2::bigint[], $3::text[]) AS g (status_id, account_id, name)
      WHERE r.status_id = g.status_id AND r.account_id = g.account_id AND r.name = g.name
     RETURNING r.status_id AS "statusId", r.account_id AS "accountId", r.name, r.uri`,
    [given.map(({ statusId }) => statusId), given.map(({ accountId }) => accountId), plainTexts(given.map(({ name }) => name))],
  );
  await uncountReactions(tx, gone);
  return gone;
}

/** Of each person and status the standing reaction that came first, if there is one. */
export async function firstReactions(db: Queryable, marks: readonly StatusMark[]): Promise<StoodReaction[]> {
  if (marks.length === 0) return [];
  return db.query<StoodReaction>(
    `SELECT g.status_id AS "statusId", g.account_id AS "accountId", r.name, r.uri
       FROM (SELECT DISTINCT status_id, account_id FROM unnest($1::bigint[], $2::bigint[]) AS g (status_id, account_id)) AS g
      CROSS JOIN LATERAL (SELECT name, uri FROM social.status_reactions r WHERE r.status_id = g.status_id AND r.account_id = g.account_id ORDER BY r.id LIMIT 1) AS r
      LIMIT $3`,
    [marks.map(({ statusId }) => statusId), marks.map(({ accountId }) => accountId), marks.length],
  );
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
