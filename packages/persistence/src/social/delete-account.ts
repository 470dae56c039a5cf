import { changeOf } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import { changed, type Queryable } from '../database.js';
import { moveAccountCounters, moveStatusCounters } from './counters.js';
import { deleteStatuses } from './delete-statuses.js';
import { uncountReactions } from './emoji-reactions.js';
import { followDeltas } from './tie-writes.js';

const BATCH = 500;

/**
 * Turns the rows into tombstones; uris and handles stay taken. Ties, statuses and favourites go, in batches. The end of a remote
 * account may be taken back by itself: what others decided against it, and that it has voted, outlives the end, or it could
 * rid itself of both.
 */
export async function deleteAccounts(tx: Queryable, accountIds: readonly AccountId[]): Promise<void> {
  const ended = await tx.query<{ id: AccountId; local: boolean }>(
    `WITH ending AS (SELECT id FROM social.accounts WHERE id = ANY($1::bigint[]) AND deleted_at IS NULL ORDER BY id FOR UPDATE)
     UPDATE social.accounts a
        SET display_name = '', note = '', fields = '[]', emojis = '[]', avatar_url = NULL, header_url = NULL,
            also_known_as = '{}', discoverable = false, indexable = false, deleted_at = now(), updated_at = now()
       FROM ending WHERE a.id = ending.id RETURNING a.id, a.domain IS NULL AS local`,
    [accountIds],
  );
  if (ended.length === 0) return;
  const ids = ended.map(({ id }) => id);
  const locals = ended.filter(({ local }) => local).map(({ id }) => id);
  await changed(tx, ids.flatMap((id) => [changeOf.account(id), changeOf.ties(id), changeOf.marks(id)]));
  await dropQuietTies(tx, ids, locals);
  // What it voted counts on; who voted is forgotten, of people here.
  if (locals.length > 0) await tx.query('DELETE FROM social.poll_votes WHERE account_id = ANY($1::bigint[])', [locals]);
  for (let erased = 1; erased > 0; ) erased = await eraseSome(tx, ids);
}

/** Of what `deleteAccounts` drops, so many of each kind at most that one transaction can. @returns how many */
export async function eraseSome(tx: Queryable, accountIds: readonly AccountId[]): Promise<number> {
  const ties = await severTies(tx, 'follows', accountIds);
  return ties.length + (await dropFavourites(tx, accountIds)) + (await dropReactions(tx, accountIds)) + (await dropStatuses(tx, accountIds));
}

/** Ends follows or requests from or to these accounts, two batches at most, counters of both sides included. */
export async function severTies(
  tx: Queryable,
  table: 'follows' | 'follow_requests',
  accountIds: readonly AccountId[],
): Promise<{ id: Snowflake; accountId: AccountId; targetId: AccountId; uri: string | null }[]> {
  const gone = await tx.query<{ id: Snowflake; accountId: AccountId; targetId: AccountId; uri: string | null }>(
    `DELETE FROM social.${table} f
      USING (
        (SELECT id FROM social.${table} WHERE account_id = ANY($1::bigint[]) LIMIT ${BATCH})
        UNION (SELECT id FROM social.${table} WHERE target_account_id = ANY($1::bigint[]) LIMIT ${BATCH})
      ) AS doomed
      WHERE f.id = doomed.id
      RETURNING f.id, f.account_id AS "accountId", f.target_account_id AS "targetId", f.uri`,
    [accountIds],
  );
  if (table === 'follows') {
    await moveAccountCounters(tx, gone.flatMap((tie) => followDeltas(tie, -1)));
    await changed(tx, gone.map((tie) => changeOf.ties(tie.accountId)));
  }
  return gone;
}

/** Ties that nobody's counter counts. */
async function dropQuietTies(tx: Queryable, ids: readonly AccountId[], locals: readonly AccountId[]): Promise<void> {
  await tx.query('DELETE FROM social.follow_requests WHERE account_id = ANY($1::bigint[]) OR target_account_id = ANY($1::bigint[])', [ids]);
  const outOf = (table: 'blocks' | 'mutes'): Promise<{ accountId: AccountId; targetId: AccountId }[]> =>
    tx.query(
      `DELETE FROM social.${table} WHERE account_id = ANY($1::bigint[]) OR target_account_id = ANY($2::bigint[])
       RETURNING account_id AS "accountId", target_account_id AS "targetId"`,
      [ids, locals],
    );
  const gone = [...(await outOf('blocks')), ...(await outOf('mutes'))];
  await changed(tx, gone.flatMap((tie) => [changeOf.ties(tie.accountId), changeOf.ties(tie.targetId)]));
  await tx.query('DELETE FROM social.bookmarks WHERE account_id = ANY($1::bigint[])', [ids]);
  await tx.query('DELETE FROM social.lists WHERE account_id = ANY($1::bigint[])', [ids]);
}

async function dropFavourites(tx: Queryable, ids: readonly AccountId[]): Promise<number> {
  const gone = await tx.query<{ statusId: StatusId }>(
    `DELETE FROM social.favourites f USING (SELECT id FROM social.favourites WHERE account_id = ANY($1::bigint[]) LIMIT ${BATCH}) AS doomed
      WHERE f.id = doomed.id RETURNING f.status_id AS "statusId"`,
    [ids],
  );
  await moveStatusCounters(tx, gone.map(({ statusId }) => ({ statusId, favourites: -1 })));
  return gone.length;
}

async function dropReactions(tx: Queryable, ids: readonly AccountId[]): Promise<number> {
  const gone = await tx.query<{ statusId: StatusId; name: string }>(
    `DELETE FROM social.status_reactions r USING (SELECT id FROM social.status_reactions WHERE account_id = ANY($1::bigint[]) LIMIT ${BATCH}) AS doomed
      WHERE r.id = doomed.id RETURNING r.status_id AS "statusId", r.name`,
    [ids],
  );
  await uncountReactions(tx, gone);
  return gone.length;
}

async function dropStatuses(tx: Queryable, ids: readonly AccountId[]): Promise<number> {
  const living = await tx.query<{ id: StatusId }>(`SELECT id FROM social.statuses WHERE account_id = ANY($1::bigint[]) AND deleted_at IS NULL LIMIT ${BATCH}`, [ids]);
  if (living.length === 0) return 0;
  await deleteStatuses(tx, living.map((row) => row.id));
  return living.length;
}
