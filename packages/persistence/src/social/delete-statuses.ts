import { changeOf, type Visibility } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { changed, type Queryable } from '../database.js';
import { moveAccountCounters, moveStatusCounters } from './counters.js';
import { countsAsReply, countsForAuthor } from './insert-statuses.js';
import { endQuotes } from './quotes.js';

const BATCH = 1_000;

interface GoneRow {
  readonly id: StatusId;
  readonly accountId: AccountId;
  readonly visibility: Visibility;
  readonly inReplyToId: StatusId | null;
  readonly boostOfId: StatusId | null;
}

/**
 * Leaves tombstones: content gone, uri, mentions and what remote people answered kept, since the Delete has to
 * reach all of them. Boosts go with what they show. Answers with what this call deleted.
 */
export async function deleteStatuses(
  tx: Queryable,
  statusIds: readonly StatusId[],
): Promise<{ deletedIds: StatusId[]; boostIds: StatusId[] }> {
  // A boost that is being inserted holds this lock, so it is committed and found below, or it finds the tombstone.
  await tx.query('SELECT status_id FROM social.status_stats WHERE status_id = ANY((SELECT $1::bigint[])::bigint[]) ORDER BY status_id FOR UPDATE', [statusIds]);
  const gone = await blank(tx, 'id = ANY($1::bigint[])', statusIds);
  const deletedIds = gone.map((row) => row.id);
  if (deletedIds.length === 0) return { deletedIds, boostIds: [] };
  const boosts: GoneRow[] = [];
  for (let batch = await blankBoosts(tx, deletedIds); batch.length > 0; batch = await blankBoosts(tx, deletedIds)) {
    boosts.push(...batch);
  }
  await changed(tx, [...gone, ...boosts].flatMap((row) => [changeOf.status(row.id), ...(row.boostOfId === null ? [] : [changeOf.marks(row.accountId)])]));
  await dropBelongings(tx, [...deletedIds, ...boosts.map((boost) => boost.id)]);
  await endQuotes(tx, deletedIds);
  await moveCountersBack(tx, [...gone, ...boosts]);
  return { deletedIds, boostIds: boosts.map((boost) => boost.id) };
}

const blankBoosts = (tx: Queryable, ids: readonly StatusId[]): Promise<GoneRow[]> =>
  blank(tx, 'boost_of_id = ANY($1::bigint[])', ids);

function blank(tx: Queryable, condition: string, ids: readonly StatusId[]): Promise<GoneRow[]> {
  return tx.query<GoneRow>(
    `WITH doomed AS (
       SELECT id FROM social.statuses WHERE ${condition} AND deleted_at IS NULL ORDER BY id LIMIT ${BATCH} FOR UPDATE
     )
     UPDATE social.statuses s
        SET content = '', text = NULL, spoiler_text = '', sensitive = false, language = NULL, media = '[]', emojis = '[]',
            tags = '{}', application_name = NULL, application_website = NULL, deleted_at = now()
       FROM doomed WHERE s.id = doomed.id
     RETURNING s.id, s.account_id AS "accountId", s.visibility, s.in_reply_to_id AS "inReplyToId", s.boost_of_id AS "boostOfId"`,
    [ids],
  );
}

async function dropBelongings(tx: Queryable, ids: readonly StatusId[]): Promise<void> {
  await tx.query('DELETE FROM social.status_tags WHERE status_id = ANY($1::bigint[])', [ids]);
  await tx.query('DELETE FROM social.status_edits WHERE status_id = ANY($1::bigint[])', [ids]);
  await tx.query('DELETE FROM social.pins WHERE status_id = ANY($1::bigint[])', [ids]);
  await tx.query('DELETE FROM social.bookmarks WHERE status_id = ANY($1::bigint[])', [ids]);
  await tx.query('DELETE FROM social.polls WHERE status_id = ANY($1::bigint[])', [ids]);
  await tx.query('DELETE FROM social.reaction_counts WHERE status_id = ANY($1::bigint[])', [ids]);
  for (const table of ['favourites', 'poll_votes', 'status_reactions']) {
    await tx.query(
      `DELETE FROM social.${table} f USING social.accounts a
        WHERE f.status_id = ANY($1::bigint[]) AND a.id = f.account_id AND a.domain IS NULL`,
      [ids],
    );
  }
  await tx.query(
    'UPDATE social.status_stats SET replies_count = 0, boosts_count = 0, favourites_count = 0, reactions_count = 0, quotes_count = 0 WHERE status_id = ANY($1::bigint[])',
    [ids],
  );
}

async function moveCountersBack(tx: Queryable, gone: readonly GoneRow[]): Promise<void> {
  await moveStatusCounters(
    tx,
    gone.flatMap((row) => [
      ...(row.inReplyToId !== null && countsAsReply(row.visibility) ? [{ statusId: row.inReplyToId, replies: -1 }] : []),
      ...(row.boostOfId === null ? [] : [{ statusId: row.boostOfId, boosts: -1 }]),
    ]),
  );
  await moveAccountCounters(
    tx,
    gone.filter((row) => countsForAuthor(row.visibility)).map((row) => ({ accountId: row.accountId, statuses: -1 })),
  );
}
