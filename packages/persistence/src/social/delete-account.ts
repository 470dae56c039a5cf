import { changeOf } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import { changed, type Queryable } from '../database.js';
import { moveAccountCounters, moveStatusCounters } from './counters.js';
import { deleteStatuses } from './delete-statuses.js';
import { uncountReactions } from './emoji-reactions.js';
import { followDeltas } from './tie-writes.js';

const BATCH = 500;

/**
 * Turns the row into a tombstone; uri and handle stay taken. Ties, statuses and favourites go, in batches. The end of a remote
 * account may be taken back by itself: what others decided against it, and that it has voted, outlives the end, or it could
 * rid itself of both.
 */
export async function deleteAccount(tx: Queryable, id: AccountId): Promise<void> {
  const [ended] = await tx.query<{ local: boolean }>(
    `UPDATE social.accounts
        SET display_name = '', note = '', fields = '[]', emojis = '[]', avatar_url = NULL, header_url = NULL,
            also_known_as = '{}', discoverable = false, indexable = false, deleted_at = now(), updated_at = now()
      WHERE id = $1 AND deleted_at IS NULL RETURNING domain IS NULL AS local`,
    [id],
  );
  if (ended === undefined) return;
  await changed(tx, [changeOf.account(id), changeOf.ties(id), changeOf.marks(id)]);
  await untilNone(async () => (await severTies(tx, 'follows', [id])).length);
  await dropQuietTies(tx, id, ended.local);
  await untilNone(() => dropFavourites(tx, id));
  await untilNone(() => dropReactions(tx, id));
  // What it voted counts on; who voted is forgotten, of people here.
  if (ended.local) await tx.query('DELETE FROM social.poll_votes WHERE account_id = $1', [id]);
  await untilNone(() => dropStatuses(tx, id));
}

async function untilNone(step: () => Promise<number>): Promise<void> {
  while ((await step()) > 0);
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
async function dropQuietTies(tx: Queryable, id: AccountId, isLocal: boolean): Promise<void> {
  await tx.query('DELETE FROM social.follow_requests WHERE account_id = $1 OR target_account_id = $1', [id]);
  const outOf = (table: 'blocks' | 'mutes'): Promise<{ accountId: AccountId; targetId: AccountId }[]> =>
    tx.query(
      `DELETE FROM social.${table} WHERE account_id = $1 OR ($2 AND target_account_id = $1)
       RETURNING account_id AS "accountId", target_account_id AS "targetId"`,
      [id, isLocal],
    );
  const gone = [...(await outOf('blocks')), ...(await outOf('mutes'))];
  await changed(tx, gone.flatMap((tie) => [changeOf.ties(tie.accountId), changeOf.ties(tie.targetId)]));
  await tx.query('DELETE FROM social.bookmarks WHERE account_id = $1', [id]);
  await tx.query('DELETE FROM social.lists WHERE account_id = $1', [id]);
}

async function dropFavourites(tx: Queryable, id: AccountId): Promise<number> {
  const gone = await tx.query<{ statusId: StatusId }>(
    `DELETE FROM social.favourites f USING (SELECT id FROM social.favourites WHERE account_id = $1 LIMIT ${BATCH}) AS doomed
      WHERE f.id = doomed.id RETURNING f.status_id AS "statusId"`,
    [id],
  );
  await moveStatusCounters(tx, gone.map(({ statusId }) => ({ statusId, favourites: -1 })));
  return gone.length;
}

async function dropReactions(tx: Queryable, id: AccountId): Promise<number> {
  const gone = await tx.query<{ statusId: StatusId; name: string }>(
    `DELETE FROM social.status_reactions r USING (SELECT id FROM social.status_reactions WHERE account_id = $1 LIMIT ${BATCH}) AS doomed
      WHERE r.id = doomed.id RETURNING r.status_id AS "statusId", r.name`,
    [id],
  );
  await uncountReactions(tx, gone);
  return gone.length;
}

async function dropStatuses(tx: Queryable, id: AccountId): Promise<number> {
  const living = await tx.query<{ id: StatusId }>(
    `SELECT id FROM social.statuses WHERE account_id = $1 AND deleted_at IS NULL ORDER BY id DESC LIMIT ${BATCH}`,
    [id],
  );
  if (living.length === 0) return 0;
  await deleteStatuses(tx, living.map((row) => row.id));
  return living.length;
}
