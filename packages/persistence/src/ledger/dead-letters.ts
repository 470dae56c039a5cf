import { nowDate, type Clock, type Snowflake } from '@trunkline/kernel';
import type { Database } from '../database.js';
import { cutText, REASON_LENGTH_MAX } from './text-limits.js';

const PAYLOAD_LENGTH_MAX = 8_192;

export interface ParkedLetter {
  readonly eventId: string;
  readonly subject: string;
  readonly consumer: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly attempts: number;
}

export interface DeadLetterRow {
  readonly id: Snowflake;
  /** null: the message could not be read, and cannot be replayed. */
  readonly eventId: string | null;
  readonly subject: string;
  readonly consumer: string;
  readonly payload: string;
  readonly reason: string;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly replayedAt: Date | null;
}

/** Messages that an app gave up (messaging's DeadLetterPort), and events that no broker would take. */
export class DeadLetterStore {
  constructor(
    private readonly db: Database,
    private readonly ids: { next(): Snowflake },
    private readonly clock: Clock,
  ) {}

  async park(letter: ParkedLetter): Promise<void> {
    await this.db.query(
      `WITH cleared AS (DELETE FROM events.suspects WHERE event_id = $2 AND consumer = $4)
       INSERT INTO events.dead (id, event_id, subject, consumer, payload, reason, attempts, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (event_id, consumer) WHERE event_id IS NOT NULL
       DO UPDATE SET reason = excluded.reason, attempts = excluded.attempts, replayed_at = NULL`,
      [
        this.ids.next(),
        letter.eventId,
        letter.subject,
        letter.consumer,
        JSON.stringify(letter.payload),
        cutText(letter.reason, REASON_LENGTH_MAX),
        Math.min(letter.attempts, 32_000),
        nowDate(this.clock),
      ],
    );
  }

  async parkPoison(letter: { subject: string; consumer: string; raw: string; reason: string }): Promise<void> {
    await this.db.query(
      `INSERT INTO events.dead (id, subject, consumer, payload, reason, attempts, created_at)
       VALUES ($1, $2, $3, $4, $5, 1, $6)
       ON CONFLICT (consumer, md5(payload)) WHERE event_id IS NULL DO NOTHING`,
      [
        this.ids.next(),
        letter.subject,
        letter.consumer,
        cutText(letter.raw, PAYLOAD_LENGTH_MAX),
        cutText(letter.reason, REASON_LENGTH_MAX),
        nowDate(this.clock),
      ],
    );
  }

  /** False when the note stood already. */
  async markSuspect(letter: { eventId: string; consumer: string }): Promise<boolean> {
    const rows = await this.db.query(
      `INSERT INTO events.suspects (event_id, consumer, created_at) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING RETURNING event_id`,
      [letter.eventId, letter.consumer, nowDate(this.clock)],
    );
    return rows.length > 0;
  }

  async clearSuspect(eventId: string, consumer: string): Promise<void> {
    await this.db.query('DELETE FROM events.suspects WHERE event_id = $1 AND consumer = $2', [eventId, consumer]);
  }

  /** Those not replayed yet, newest first. */
  async page(query: { beforeId?: Snowflake; limit: number }): Promise<DeadLetterRow[]> {
    return this.db.query<DeadLetterRow & Record<string, unknown>>(
      `SELECT id, event_id AS "eventId", subject, consumer, payload, reason, attempts,
              created_at AS "createdAt", replayed_at AS "replayedAt"
         FROM events.dead
        WHERE replayed_at IS NULL AND ($1::bigint IS NULL OR id < $1)
        ORDER BY id DESC
        LIMIT $2`,
      [query.beforeId ?? null, query.limit],
    );
  }

  async count(): Promise<number> {
    const [row] = await this.db.query<{ rows: number }>('SELECT count(*)::int AS rows FROM events.dead WHERE replayed_at IS NULL');
    return row?.rows ?? 0;
  }

  /**
   * Sends letters again by writing their events anew: the relay publishes them under the same event id, so that
   * groups which are done with the event skip it, and the sweeper watches over them as over any event. Within
   * two minutes of the first publication the broker drops the repeat; the sweeper then announces it again.
   * @returns the ids of the letters that were sent again.
   */
  async replay(ids: readonly Snowflake[]): Promise<Snowflake[]> {
    return this.db.transaction(async (tx) => {
      const rows = await tx.query<{ id: Snowflake; event_id: string; subject: string; payload: string }>(
        `UPDATE events.dead SET replayed_at = $2
          WHERE id = ANY($1) AND event_id IS NOT NULL AND replayed_at IS NULL
          RETURNING id, event_id, subject, payload`,
        [ids, nowDate(this.clock)],
      );
      await tx.query(
        `INSERT INTO events.outbox (id, event_id, subject, payload)
         SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::jsonb[])`,
        [rows.map(() => this.ids.next()), rows.map((row) => row.event_id), rows.map((row) => row.subject), rows.map((row) => row.payload)],
      );
      return rows.map((row) => row.id);
    });
  }
}
