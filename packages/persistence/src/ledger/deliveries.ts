import { compareIds, nowDate, type AccountId, type Clock, type Snowflake } from '@trunkline/kernel';
import type { Database } from '../database.js';
import { CATCH_UP, CLAIM_CHUNKS, CLAIM_RETRIES, SETTLE_CHUNKS, SETTLE_RETRIES, TAKE_GONE } from './delivery-sql.js';
import { cutText, REASON_LENGTH_MAX } from './text-limits.js';

interface Sending {
  readonly id: Snowflake;
  readonly bodyId: Snowflake;
  /** This one included. */
  readonly attempts: number;
  readonly activityId: string;
  readonly senderAccountId: AccountId;
  readonly body: string;
  readonly trace: string | null;
  readonly syncFollowers: boolean;
}

export interface DeliveryChunk extends Sending {
  readonly inboxes: readonly string[];
  /** Those of the inboxes that still wait for an earlier delivery of the same order key: not to be sent to now. */
  readonly heldInboxes: readonly string[];
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
  /** false: nothing was sent, so it counts as no attempt. Default true. */
  readonly attempted?: boolean;
}

export interface ChunkProgress {
  readonly id: Snowflake;
  /** Inboxes of which nothing is known yet. */
  readonly waiting: readonly string[];
  /** Those that failed since the last report. */
  readonly failures: readonly ChunkFailure[];
}

export interface RetryOutcome {
  readonly id: Snowflake;
  /** pending: tried again at `notBefore`; dead: given up. */
  readonly state: 'done' | 'pending' | 'dead';
  readonly notBefore?: Date;
  readonly status?: number;
  readonly reason?: string;
  /** false: nothing was sent, so the claim counts as no attempt. Default true. */
  readonly attempted?: boolean;
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

const CATCH_UP_PAGE = 5_000;
const CATCH_UP_PAGES_MAX = 20;
/** Longer than any lease: what is due within it may be under way. */
const IN_HAND_MS = 60_000;

/**
 * federation.delivery_*: one body an activity, one row a chunk of inboxes, and a row an inbox only for what
 * failed. A claim is a lease: the row's next turn is moved ahead, so a worker that dies needs no cleaning up
 * after, and the inboxes it reached since its last report get the same activity id again. Times are the clock port's.
 */
export class DeliveryStore {
  constructor(
    private readonly db: Database,
    private readonly ids: { next(): Snowflake },
    private readonly clock: Clock,
  ) {}

  /**
   * Chunks whose turn it is, hidden from other claims for `leaseSeconds`. A chunk waits for every earlier one of its
   * order key, at most as long as one chunk takes.
   */
  async claimChunks(limit: number, leaseSeconds: number): Promise<DeliveryChunk[]> {
    return this.db.query<DeliveryChunk & Record<string, unknown>>(CLAIM_CHUNKS, [nowDate(this.clock), limit, this.leaseEnd(leaseSeconds)]);
  }

  /**
   * Writes down how chunks get on, many at once: inboxes that are neither waiting nor failed were reached. A chunk in
   * which nothing waits is closed; the others are held for `leaseSeconds` more, and whoever claims one after a crash finds
   * what was waiting. Chunks that another worker closed stay as they are. @returns those that this call closed.
   */
  async settleChunks(chunks: readonly ChunkProgress[], leaseSeconds: number): Promise<Snowflake[]> {
    if (chunks.length === 0) return [];
    const sorted = [...chunks].sort((a, b) => compareIds(a.id, b.id));
    const failures = sorted.flatMap((chunk) => chunk.failures.map((failure) => ({ ...failure, chunkId: chunk.id })));
    const rows = await this.db.query<{ id: Snowflake }>(SETTLE_CHUNKS, [
      sorted.map((chunk) => chunk.id),
      sorted.map((chunk) => (chunk.waiting.length === 0 ? null : JSON.stringify(chunk.waiting))),
      nowDate(this.clock),
      this.leaseEnd(leaseSeconds),
      failures.map((failure) => failure.chunkId),
      failures.map(() => this.ids.next()),
      failures.map((failure) => failure.inbox),
      failures.map((failure) => failure.host),
      failures.map((failure) => failure.status ?? null),
      failures.map((failure) => cutText(failure.reason, REASON_LENGTH_MAX)),
      failures.map((failure) => failure.notBefore),
      failures.map((failure) => (failure.attempted === false ? 0 : 1)),
    ]);
    return rows.map((row) => row.id);
  }

  /**
   * Single inboxes whose turn it is, each after the earlier ones of its order key. Hosts that are paused are left out:
   * their rows cost nothing.
   */
  async claimRetries(limit: number, leaseSeconds: number, excludeHosts: readonly string[] = []): Promise<DeliveryRetry[]> {
    return this.db.query<DeliveryRetry & Record<string, unknown>>(CLAIM_RETRIES, [
      nowDate(this.clock),
      limit,
      this.leaseEnd(leaseSeconds),
      excludeHosts,
    ]);
  }

  /**
   * Writes down how retries went, many at once, and sets those that wait behind them in order to the same time. Rows
   * that another worker finished stay as they are.
   */
  async settleRetries(outcomes: readonly RetryOutcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    await this.db.query(SETTLE_RETRIES, [
      outcomes.map((outcome) => outcome.id),
      outcomes.map((outcome) => outcome.state),
      outcomes.map((outcome) => outcome.notBefore ?? null),
      outcomes.map((outcome) => outcome.status ?? null),
      outcomes.map((outcome) => (outcome.reason === undefined ? null : cutText(outcome.reason, REASON_LENGTH_MAX))),
      nowDate(this.clock),
      outcomes.map((outcome) => (outcome.attempted === false ? 1 : 0)),
    ]);
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

  /**
   * The host is back: what waits for its turn is due now, in the order in which it was planned. `givenUp`: also what was
   * given up because the host was away; what it refused stays refused. @returns how many
   */
  async catchUp(host: string, { givenUp }: { readonly givenUp: boolean }): Promise<number> {
    const nowMs = this.clock.nowMs();
    let moved = 0;
    for (let page = 0; page < CATCH_UP_PAGES_MAX; page += 1) {
      const rows = await this.db.query(CATCH_UP, [host, new Date(nowMs), new Date(nowMs + IN_HAND_MS), givenUp, CATCH_UP_PAGE, moved]);
      moved += rows.length;
      if (rows.length < CATCH_UP_PAGE) break;
    }
    return moved;
  }

  /** Inboxes that were answered 410, each told once. */
  async takeGone(limit: number): Promise<string[]> {
    const rows = await this.db.query<{ inbox: string }>(TAKE_GONE, [limit]);
    return [...new Set(rows.map((row) => row.inbox))];
  }

  /** A person wants it: what waits and what was given up is due now, from the start. */
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
