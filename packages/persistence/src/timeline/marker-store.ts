import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { MarkerRow, MarkerStore } from '@trunkline/social';
import type { Queryable } from '../database.js';

type Row = MarkerRow & Record<string, unknown>;
const COLUMNS = `timeline, last_read_id AS "lastReadId", version, updated_at AS "updatedAt"`;

/** How far people have read. */
export class SqlMarkerStore implements MarkerStore {
  constructor(private readonly db: Queryable) {}

  async get(accountId: AccountId, timelines: readonly MarkerRow['timeline'][]): Promise<MarkerRow[]> {
    return this.db.query<Row>(`SELECT ${COLUMNS} FROM timeline.markers WHERE account_id = $1 AND timeline = ANY($2) LIMIT 2`, [
      accountId,
      timelines,
    ]);
  }

  /** The last word wins, also when it moves back: people mark as unread. */
  async set(accountId: AccountId, timeline: MarkerRow['timeline'], lastReadId: Snowflake): Promise<MarkerRow> {
    const rows = await this.db.query<Row>(
      `INSERT INTO timeline.markers AS m (account_id, timeline, last_read_id) VALUES ($1, $2, $3)
       ON CONFLICT (account_id, timeline)
         DO UPDATE SET last_read_id = excluded.last_read_id, version = m.version + 1, updated_at = now()
       RETURNING ${COLUMNS}`,
      [accountId, timeline, lastReadId],
    );
    const row = rows[0];
    if (row === undefined) throw new Error('an upsert returned nothing');
    return row;
  }
}
