import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { PollVote, StatusMark } from '@trunkline/social';
import type { Queryable } from '../database.js';
import { ancestorsOf } from './threads.js';

const FAVOURITE_COLUMNS = 'id, account_id AS "accountId", status_id AS "statusId"';

/** Of two people, in this order. */
export interface BlockPair {
  readonly accountId: AccountId;
  readonly targetId: AccountId;
}

export interface ReceivedActivity {
  readonly activityId: string | null;
  readonly signerHost: string;
  readonly body: string;
}

/** What only the planning of deliveries asks, for many events at once. Inside one transaction. */
export class PlanningReads {
  constructor(private readonly db: Queryable) {}

  /** As `SocialReads.ancestorIds`, for each of many. */
  ancestorsOf(statusIds: readonly StatusId[], limit: number): Promise<Map<StatusId, StatusId[]>> {
    return ancestorsOf(this.db, statusIds, limit);
  }

  /** Standing favourites. */
  favouritesByIds(ids: readonly Snowflake[]): Promise<(StatusMark & { readonly id: Snowflake })[]> {
    return this.db.query(`SELECT ${FAVOURITE_COLUMNS} FROM social.favourites WHERE id = ANY($1::bigint[]) LIMIT $2`, [ids, ids.length]);
  }

  /** Those of the pairs that stand. */
  favouritesBetween(pairs: readonly StatusMark[]): Promise<StatusMark[]> {
    return this.db.query(
      `SELECT f.account_id AS "accountId", f.status_id AS "statusId" FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS asked (account_id, status_id)
         JOIN social.favourites f ON f.account_id = asked.account_id AND f.status_id = asked.status_id LIMIT $3`,
      [pairs.map(({ accountId }) => accountId), pairs.map(({ statusId }) => statusId), pairs.length],
    );
  }

  /** Who of each pair blocks the other, in either direction. */
  blocksBetween(pairs: readonly BlockPair[]): Promise<BlockPair[]> {
    return this.db.query(
      `SELECT b.account_id AS "accountId", b.target_account_id AS "targetId" FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS asked (one, other)
         JOIN social.blocks b ON b.account_id = asked.one AND b.target_account_id = asked.other
       UNION
       SELECT b.account_id, b.target_account_id FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS asked (one, other)
         JOIN social.blocks b ON b.account_id = asked.other AND b.target_account_id = asked.one
       LIMIT $3`,
      [pairs.map(({ accountId }) => accountId), pairs.map(({ targetId }) => targetId), pairs.length * 2],
    );
  }

  votesByIds(ids: readonly Snowflake[]): Promise<(PollVote & { readonly id: Snowflake })[]> {
    return this.db.query('SELECT id, status_id AS "statusId", account_id AS "accountId", choice FROM social.poll_votes WHERE id = ANY($1::bigint[]) LIMIT $2', [ids, ids.length]);
  }

  /** Activities as they came; left out: those whose day is over. */
  async receivedActivities(inboundIds: readonly Snowflake[]): Promise<Map<Snowflake, ReceivedActivity>> {
    const rows = await this.db.query<ReceivedActivity & { readonly id: Snowflake }>(
      'SELECT id, activity_id AS "activityId", signer_host AS "signerHost", body FROM federation.inbound WHERE id = ANY($1::bigint[]) LIMIT $2',
      [inboundIds, inboundIds.length],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }
}
