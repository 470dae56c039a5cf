import { nowDate, type Clock, type Snowflake } from '@trunkline/kernel';
import type { Queryable } from '../database.js';

/**
 * `thread`: subject is its topmost status. `outbox`: an account's older posts. `followers`: whom of ours an account counts
 * (FEP-8fcf). `poll`: how the poll of a status stands.
 */
export type ReadingKind = 'thread' | 'outbox' | 'followers' | 'poll';

export interface ReadingState {
  readonly state: 'waiting' | 'done';
  /** Posts that came of it so far. */
  readonly found: number;
  readonly askedAt: Date;
  readonly finishedAt: Date | null;
}

/** One that a worker holds. */
export interface Reading {
  readonly kind: ReadingKind;
  readonly subjectId: Snowflake;
  readonly detail: Readonly<Record<string, unknown>>;
  /** This time included. */
  readonly attempts: number;
}

export interface ReadingAsked {
  readonly kind: ReadingKind;
  readonly subjectId: Snowflake;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Since the end of the last one at least so long; what waits or runs is not asked for twice. */
  readonly coolDownMs: number;
  /** It begins so much later; default at once. */
  readonly delayMs?: number;
}

/** Waiting ones of a kind, of all copies together: more are not taken on. What servers ask for takes no room from what people do. */
const WAITING_MAX = 1_000;

/**
 * federation.readings: what is to be read from other servers in the background, by whichever copy comes first. A claim
 * is a lease: the row's turn is moved ahead, so a worker that dies needs no cleaning up after. Times are the clock port's.
 */
export class ReadingStore {
  constructor(
    private readonly db: Queryable,
    private readonly clock: Clock,
  ) {}

  /** True: it waits now because of this call. */
  async ask({ kind, subjectId, detail = {}, coolDownMs, delayMs = 0 }: ReadingAsked): Promise<boolean> {
    const rows = await this.db.query(
      `INSERT INTO federation.readings AS r (kind, subject_id, detail, not_before, asked_at)
       SELECT $1, $2::bigint, $3::jsonb, $7, $4
        WHERE (SELECT count(*) FROM (SELECT FROM federation.readings WHERE state = 'waiting' AND kind = $1 LIMIT $6) AS waiting) < $6
       ON CONFLICT (kind, subject_id) DO UPDATE
         SET detail = excluded.detail, state = 'waiting', not_before = excluded.not_before, attempts = 0, found = 0, asked_at = excluded.asked_at
         WHERE r.state = 'done' AND r.finished_at <= $5
       RETURNING r.subject_id`,
      [kind, subjectId, JSON.stringify(detail), nowDate(this.clock), new Date(this.clock.nowMs() - coolDownMs), WAITING_MAX, new Date(this.clock.nowMs() + delayMs)],
    );
    return rows.length === 1;
  }

  /** null: nobody asked, or so long ago that it is forgotten. */
  async stateOf(kind: ReadingKind, subjectId: Snowflake): Promise<ReadingState | null> {
    const [row] = await this.db.query<ReadingState & Record<string, unknown>>(
      `SELECT state, found, asked_at AS "askedAt", finished_at AS "finishedAt" FROM federation.readings WHERE kind = $1 AND subject_id = $2`,
      [kind, subjectId],
    );
    return row ?? null;
  }

  /** Those of these kinds whose turn it is, hidden from other claims for `leaseSeconds`. */
  async claim(kinds: readonly ReadingKind[], limit: number, leaseSeconds: number): Promise<Reading[]> {
    return this.db.query<Reading & Record<string, unknown>>(
      `WITH due AS (
         SELECT kind, subject_id FROM federation.readings
          WHERE state = 'waiting' AND not_before <= $1 AND kind = ANY($4::text[]) ORDER BY not_before LIMIT $2 FOR UPDATE SKIP LOCKED
       )
       UPDATE federation.readings r SET not_before = $3, attempts = least(r.attempts + 1, 32000)
         FROM due WHERE r.kind = due.kind AND r.subject_id = due.subject_id
       RETURNING r.kind, r.subject_id AS "subjectId", r.detail, r.attempts`,
      [nowDate(this.clock), limit, new Date(this.clock.nowMs() + leaseSeconds * 1_000), kinds],
    );
  }

  /** How many posts came of it so far. */
  async tell(kind: ReadingKind, subjectId: Snowflake, found: number): Promise<void> {
    await this.db.query(`UPDATE federation.readings SET found = $3 WHERE kind = $1 AND subject_id = $2 AND state = 'waiting'`, [kind, subjectId, found]);
  }

  async finish(kind: ReadingKind, subjectId: Snowflake, found: number): Promise<void> {
    await this.db.query(
      `UPDATE federation.readings SET state = 'done', found = $3, finished_at = $4 WHERE kind = $1 AND subject_id = $2 AND state = 'waiting'`,
      [kind, subjectId, found, nowDate(this.clock)],
    );
  }
}
