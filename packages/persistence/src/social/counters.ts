import { changeOf } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { changed, type Queryable } from '../database.js';

/**
 * What counters count, so that they can be checked against rows: `followers` and `following` follow rows;
 * `statuses` an account's living statuses and boosts, direct ones left out; `replies` living public and unlisted
 * answers (others must not be given away by a number); `boosts` living boosts; `favourites` favourite rows; `quotes` quotes that
 * stand and were agreed to.
 */
export interface AccountDelta {
  readonly accountId: AccountId;
  readonly followers?: number;
  readonly following?: number;
  readonly statuses?: number;
  readonly lastStatusAt?: Date;
}

export interface StatusDelta {
  readonly statusId: StatusId;
  readonly replies?: number;
  readonly boosts?: number;
  readonly favourites?: number;
  readonly quotes?: number;
}

/** Adds up by account and writes in order of id, so that two transactions never wait for each other in a ring. */
export async function moveAccountCounters(tx: Queryable, deltas: readonly AccountDelta[]): Promise<void> {
  if (deltas.length === 0) return;
  await tx.query(
    `INSERT INTO social.account_stats AS st (account_id, followers_count, following_count, statuses_count, last_status_at)
     SELECT account_id, sum(followers), sum(following), sum(statuses), max(last_at)
       FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[], $5::timestamptz[])
            AS d (account_id, followers, following, statuses, last_at)
      GROUP BY account_id ORDER BY account_id
     ON CONFLICT (account_id) DO UPDATE SET
       followers_count = greatest(0, st.followers_count + excluded.followers_count),
       following_count = greatest(0, st.following_count + excluded.following_count),
       statuses_count = greatest(0, st.statuses_count + excluded.statuses_count),
       last_status_at = greatest(st.last_status_at, excluded.last_status_at)`,
    [
      deltas.map((delta) => delta.accountId),
      deltas.map((delta) => delta.followers ?? 0),
      deltas.map((delta) => delta.following ?? 0),
      deltas.map((delta) => delta.statuses ?? 0),
      deltas.map((delta) => delta.lastStatusAt ?? null),
    ],
  );
  await changed(tx, deltas.map((delta) => changeOf.account(delta.accountId)));
}

/** Until the transaction ends, others who move counters of these statuses wait, deletions of them among those. In one order. */
export async function lockStatusCounters(tx: Queryable, statusIds: readonly StatusId[]): Promise<void> {
  if (statusIds.length === 0) return;
  await tx.query('SELECT status_id FROM social.status_stats WHERE status_id = ANY((SELECT $1::bigint[])::bigint[]) ORDER BY status_id FOR UPDATE', [statusIds]);
}

/** As for accounts. Take this one first where a transaction moves both. */
export async function moveStatusCounters(tx: Queryable, deltas: readonly StatusDelta[]): Promise<void> {
  if (deltas.length === 0) return;
  await tx.query(
    `INSERT INTO social.status_stats AS st (status_id, replies_count, boosts_count, favourites_count, quotes_count)
     SELECT status_id, sum(replies), sum(boosts), sum(favourites), sum(quotes)
       FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[], $5::int[]) AS d (status_id, replies, boosts, favourites, quotes)
      GROUP BY status_id ORDER BY status_id
     ON CONFLICT (status_id) DO UPDATE SET
       replies_count = greatest(0, st.replies_count + excluded.replies_count),
       boosts_count = greatest(0, st.boosts_count + excluded.boosts_count),
       favourites_count = greatest(0, st.favourites_count + excluded.favourites_count),
       quotes_count = greatest(0, st.quotes_count + excluded.quotes_count)`,
    [
      deltas.map((delta) => delta.statusId),
      deltas.map((delta) => delta.replies ?? 0),
      deltas.map((delta) => delta.boosts ?? 0),
      deltas.map((delta) => delta.favourites ?? 0),
      deltas.map((delta) => delta.quotes ?? 0),
    ],
  );
  await changed(tx, deltas.map((delta) => changeOf.status(delta.statusId)));
}
