import { nowDate, type AccountId, type Clock, type Snowflake } from '@trunkline/kernel';
import type { Database, Queryable } from '../database.js';
import { cutText, REASON_LENGTH_MAX, withoutNul } from './text-limits.js';

export interface PlannedDelivery {
  readonly activityId: string;
  readonly senderAccountId: AccountId;
  /** The JSON as it will be signed and sent. */
  readonly body: string;
  readonly trace: string | null;
  /** Distinct. */
  readonly inboxes: readonly string[];
}

interface Sending {
  readonly id: Snowflake;
  readonly bodyId: Snowflake;
  /** This one included. */
  readonly attempts: number;
  readonly activityId: string;
  readonly senderAccountId: AccountId;
  readonly body: string;
  readonly trace: string | null;
}

export interface DeliveryChunk extends Sending {
  readonly inboxes: readonly string[];
}

export interface DeliveryRetry extends Sending {
  readonly inbox: string;
  readonly host: string;
}

export interface ChunkFailure {
  readonly inbox: string;
  readonly host: string;
  readonly status?: number;
  readonly reason: string;
  /** null: not to be tried again; listed for the operator at once. */
  readonly notBefore: Date | null;
}

export interface RetryOutcome {
  readonly id: Snowflake;
  /** pending: tried again at `notBefore`; dead: given up. */
  readonly state: 'done' | 'pending' | 'dead';
  readonly notBefore?: Date;
  readonly status?: number;
  readonly reason?: string;
}

export interface DeadDelivery {
  readonly id: Snowflake;
  readonly inbox: string;
  readonly host: string;
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly lastReason: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

const CHUNK_SIZE = 100;
const CHUNK_SIZE_MAX = 200;

/**
 * federation.delivery_*: one body an activity, one row a chunk of inboxes, and a row an inbox only for what
 * failed. A claim is a lease: the row's next turn is moved ahead, so a worker that dies needs no cleaning up
 * after, and the inboxes it reached get the same activity id again. Times are the clock port's.
 */
export class DeliveryStore {
  constructor(
    private readonly db: Database,
    private readonly ids: { next(): Snowflake },
    private readonly clock: Clock,
  ) {}

  /** @returns the number of chunks. */
  async plan(tx: Queryable, delivery: PlannedDelivery, chunkSize = CHUNK_SIZE): Promise<number> {
    if (delivery.inboxes.length === 0) return 0;
    const size = Math.min(Math.max(1, chunkSize), CHUNK_SIZE_MAX);
    const bodyId = this.ids.next();
    await tx.query(
      `INSERT INTO federation.delivery_bodies (id, activity_id, sender_account_id, body, trace) VALUES ($1, $2, $3, $4, $5)`,
      [bodyId, delivery.activityId, delivery.senderAccountId, withoutNul(delivery.body), delivery.trace],
    );
    const chunks: (readonly string[])[] = [];
    for (let start = 0; start < delivery.inboxes.length; start += size) chunks.push(delivery.inboxes.slice(start, start + size));
    // An array column does not go through unnest, which flattens: each chunk travels as JSON.
    await tx.query(
      `INSERT INTO federation.delivery_chunks (id, body_id, inboxes, not_before)
       SELECT t.id, $1, ARRAY(SELECT jsonb_array_elements_text(t.inboxes)), $4
         FROM unnest($2::bigint[], $3::jsonb[]) AS t (id, inboxes)`,
      [bodyId, chunks.map(() => this.ids.next()), chunks.map((chunk) => JSON.stringify(chunk)), nowDate(this.clock)],
    );
    return chunks.length;
  }

  /** Chunks whose turn it is, hidden from other claims for `leaseSeconds`. */
  async claimChunks(limit: number, leaseSeconds: number): Promise<DeliveryChunk[]> {
    return this.db.query<DeliveryChunk & Record<string, unknown>>(
      `WITH due AS (
         SELECT id FROM federation.delivery_chunks
          WHERE state = 'pending' AND not_before <= $1
          ORDER BY not_before
          LIMIT $2
            FOR UPDATE SKIP LOCKED
       ), claimed AS (
         UPDATE federation.delivery_chunks c SET not_before = $3, attempts = least(c.attempts + 1, 32000)
           FROM due WHERE c.id = due.id
         RETURNING c.id, c.body_id, c.inboxes, c.attempts
       )
       SELECT c.id, c.body_id AS "bodyId", c.inboxes, c.attempts, b.activity_id AS "activityId",
              b.sender_account_id AS "senderAccountId", b.body, b.trace
         FROM claimed c JOIN federation.delivery_bodies b ON b.id = c.body_id
        ORDER BY c.id`,
      [nowDate(this.clock), limit, this.leaseEnd(leaseSeconds)],
    );
  }

  /**
   * Closes a chunk: every inbox that is no failure was reached. A second worker that held the same chunk
   * changes nothing. @returns whether this call closed it.
   */
  async finishChunk(chunkId: Snowflake, failures: readonly ChunkFailure[]): Promise<boolean> {
    const rows = await this.db.query(FINISH_CHUNK, [
      chunkId,
      nowDate(this.clock),
      failures.map(() => this.ids.next()),
      failures.map((failure) => failure.inbox),
      failures.map((failure) => failure.host),
      failures.map((failure) => failure.status ?? null),
      failures.map((failure) => cutText(failure.reason, REASON_LENGTH_MAX)),
      failures.map((failure) => failure.notBefore),
    ]);
    return rows.length > 0;
  }

  /** Single inboxes whose turn it is. Hosts that are paused are left out: their rows cost nothing. */
  async claimRetries(limit: number, leaseSeconds: number, excludeHosts: readonly string[] = []): Promise<DeliveryRetry[]> {
    return this.db.query<DeliveryRetry & Record<string, unknown>>(
      `WITH due AS (
         SELECT id FROM federation.delivery_retries
          WHERE state = 'pending' AND not_before <= $1 AND host <> ALL($4::text[])
          ORDER BY not_before
          LIMIT $2
            FOR UPDATE SKIP LOCKED
       ), claimed AS (
         UPDATE federation.delivery_retries r SET not_before = $3, attempts = least(r.attempts + 1, 32000)
           FROM due WHERE r.id = due.id
         RETURNING r.id, r.body_id, r.inbox, r.host, r.attempts
       )
       SELECT c.id, c.body_id AS "bodyId", c.inbox, c.host, c.attempts, b.activity_id AS "activityId",
              b.sender_account_id AS "senderAccountId", b.body, b.trace
         FROM claimed c JOIN federation.delivery_bodies b ON b.id = c.body_id
        ORDER BY c.body_id, c.id`,
      [nowDate(this.clock), limit, this.leaseEnd(leaseSeconds), excludeHosts],
    );
  }

  /** Writes down how retries went, many at once. Rows that another worker finished stay as they are. */
  async settleRetries(outcomes: readonly RetryOutcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    await this.db.query(
      `UPDATE federation.delivery_retries r
          SET state = t.state, not_before = coalesce(t.not_before, r.not_before), last_status = t.status,
              last_reason = t.reason, finished_at = CASE WHEN t.state = 'pending' THEN NULL ELSE $6::timestamptz END
         FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::smallint[], $5::text[]) AS t (id, state, not_before, status, reason)
        WHERE r.id = t.id AND r.id = ANY($1) AND r.state = 'pending'`,
      [
        outcomes.map((outcome) => outcome.id),
        outcomes.map((outcome) => outcome.state),
        outcomes.map((outcome) => outcome.notBefore ?? null),
        outcomes.map((outcome) => outcome.status ?? null),
        outcomes.map((outcome) => (outcome.reason === undefined ? null : cutText(outcome.reason, REASON_LENGTH_MAX))),
        nowDate(this.clock),
      ],
    );
  }

  async finishRetry(id: Snowflake): Promise<void> {
    await this.settleRetries([{ id, state: 'done' }]);
  }

  async giveUp(id: Snowflake, failure: { status?: number; reason: string }): Promise<void> {
    await this.settleRetries([{ id, state: 'dead', ...failure }]);
  }

  /** Moves the due rows of a paused host out of the way of the others. Oldest first, at most `limit`. */
  async postponeHost(host: string, notBefore: Date, limit: number): Promise<number> {
    const rows = await this.db.query(
      `UPDATE federation.delivery_retries SET not_before = $2
        WHERE id = ANY(ARRAY(
          SELECT id FROM federation.delivery_retries
           WHERE host = $1 AND state = 'pending' AND not_before < $2
           ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED))
        RETURNING id`,
      [host, notBefore, limit],
    );
    return rows.length;
  }

  /** The host is back, or a person wants it: what waits and what was given up is due now, from the start. */
  async requeueHost(host: string, limit = 10_000): Promise<number> {
    const rows = await this.db.query(
      `UPDATE federation.delivery_retries SET state = 'pending', attempts = 1, not_before = $2, finished_at = NULL
        WHERE id = ANY(ARRAY(
          SELECT id FROM federation.delivery_retries
           WHERE host = $1 AND state IN ('pending', 'dead')
           ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED))
        RETURNING id`,
      [host, nowDate(this.clock), limit],
    );
    return rows.length;
  }

  /** Newest first. */
  async deadPage(query: { beforeId?: Snowflake; limit: number }): Promise<DeadDelivery[]> {
    return this.db.query<DeadDelivery & Record<string, unknown>>(
      `SELECT id, inbox, host, attempts, last_status AS "lastStatus", last_reason AS "lastReason",
              created_at AS "createdAt", finished_at AS "finishedAt"
         FROM federation.delivery_retries
        WHERE state = 'dead' AND ($1::bigint IS NULL OR id < $1)
        ORDER BY id DESC
        LIMIT $2`,
      [query.beforeId ?? null, query.limit],
    );
  }

  /** How long the most overdue chunk or retry has been due; 0 when nothing is. */
  async oldestPendingSeconds(): Promise<number> {
    const [row] = await this.db.query<{ oldest: Date | null }>(
      `SELECT least(
         (SELECT min(not_before) FROM federation.delivery_chunks WHERE state = 'pending'),
         (SELECT min(not_before) FROM federation.delivery_retries WHERE state = 'pending')) AS oldest`,
    );
    return row?.oldest ? Math.max(0, (this.clock.nowMs() - row.oldest.getTime()) / 1_000) : 0;
  }

  private leaseEnd(leaseSeconds: number): Date {
    return new Date(this.clock.nowMs() + leaseSeconds * 1_000);
  }
}

// The row lock of the chunk comes first, so two workers with the same chunk cannot both add its failures.
const FINISH_CHUNK = `
  WITH closed AS (
    UPDATE federation.delivery_chunks SET state = 'done', done_at = $2
     WHERE id = $1 AND state = 'pending'
    RETURNING id, body_id, attempts
  ), failures AS (
    INSERT INTO federation.delivery_retries (id, body_id, inbox, host, state, attempts, not_before, last_status, last_reason, created_at, finished_at)
    SELECT t.id, closed.body_id, t.inbox, t.host, CASE WHEN t.not_before IS NULL THEN 'dead' ELSE 'pending' END, 1,
           coalesce(t.not_before, $2), t.status, t.reason, $2, CASE WHEN t.not_before IS NULL THEN $2 END
      FROM closed, unnest($3::bigint[], $4::text[], $5::text[], $6::smallint[], $7::text[], $8::timestamptz[])
             AS t (id, inbox, host, status, reason, not_before)
     WHERE NOT EXISTS (SELECT 1 FROM federation.delivery_retries r
                        WHERE r.body_id = closed.body_id AND r.inbox = t.inbox AND r.state = 'pending')
  )
  SELECT id FROM closed`;
