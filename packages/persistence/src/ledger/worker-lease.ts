import { randomUUID } from 'node:crypto';
import { unavailable, WORKERS_MAX } from '@trunkline/kernel';
import type { Queryable } from '../database.js';

const LEASE_SECONDS = 60;
const RENEW_EVERY_MS = 10_000;
/** A third of the lease is kept as distance between this holder's last id and the next holder's first. */
const TRUSTED_MS = 40_000;
/** A number that was given back rests, until the clocks of old and new holder cannot overlap. */
const REST_SECONDS = 15;
const TRIES = 20;

export interface WorkerLeaseSettings {
  readonly renewEveryMs?: number;
  readonly trustedMs?: number;
  readonly onError?: (error: unknown) => void;
}

/** Takes a free worker number for snowflake ids. @throws AppError 503 when all are taken. */
export async function leaseWorker(db: Queryable, settings: WorkerLeaseSettings = {}): Promise<WorkerLease> {
  const holder = randomUUID();
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const asked = elapsed();
    // Random, so that copies that start together seldom want the same one.
    const [row] = await db.query<{ worker: number }>(
      `INSERT INTO events.workers AS w (worker, holder, expires_at)
       SELECT free.worker, $1, clock_timestamp() + make_interval(secs => $2)
         FROM (SELECT n AS worker FROM generate_series(0, $3 - 1) AS n
                WHERE NOT EXISTS (SELECT 1 FROM events.workers taken WHERE taken.worker = n AND taken.expires_at >= clock_timestamp())
                ORDER BY random() LIMIT 1) free
       ON CONFLICT (worker) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
         WHERE w.expires_at < clock_timestamp()
       RETURNING worker`,
      [holder, LEASE_SECONDS, WORKERS_MAX],
    );
    if (row !== undefined) return new WorkerLease(db, row.worker, holder, asked, settings);
  }
  throw unavailable('no_free_worker', 10);
}

/** A worker number that this process holds as long as `held` is true. */
export class WorkerLease {
  private readonly timer: NodeJS.Timeout;
  private readonly listeners: (() => void)[] = [];
  private over = false;

  constructor(
    private readonly db: Queryable,
    readonly worker: number,
    private readonly holder: string,
    private confirmed: Elapsed,
    private readonly settings: WorkerLeaseSettings,
  ) {
    this.timer = setInterval(() => void this.renew(), settings.renewEveryMs ?? RENEW_EVERY_MS);
    this.timer.unref();
  }

  /** Whether ids may be made: the last renewal was sent less than 40 s ago, and nobody said that it is over. */
  get held(): boolean {
    return !this.over && since(this.confirmed) < (this.settings.trustedMs ?? TRUSTED_MS);
  }

  /** Called once, when the number belongs to somebody else. */
  onLost(listener: () => void): void {
    this.listeners.push(listener);
  }

  async renew(): Promise<void> {
    if (this.over) return;
    const asked = elapsed();
    try {
      const rows = await this.db.query(
        `UPDATE events.workers SET expires_at = clock_timestamp() + make_interval(secs => $3)
          WHERE worker = $1 AND holder = $2 AND expires_at >= clock_timestamp() RETURNING worker`,
        [this.worker, this.holder, LEASE_SECONDS],
      );
      if (rows.length === 0) this.lose();
      else this.confirmed = asked;
    } catch (error) {
      // The number stays usable until the trust runs out; the next renewal may succeed.
      this.settings.onError?.(error);
    }
  }

  /** Gives the number back. No id may be made after this. */
  async release(): Promise<void> {
    if (this.over) return;
    this.over = true;
    clearInterval(this.timer);
    await this.db.query(
      `UPDATE events.workers SET expires_at = clock_timestamp() + make_interval(secs => $3) WHERE worker = $1 AND holder = $2`,
      [this.worker, this.holder, REST_SECONDS],
    );
  }

  private lose(): void {
    this.over = true;
    clearInterval(this.timer);
    for (const listener of this.listeners) listener();
  }
}

interface Elapsed {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

const elapsed = (): Elapsed => ({ monotonicMs: performance.now(), wallMs: Date.now() });

/** The longer of both: a monotonic clock may stand still while the machine sleeps, a wall clock may be set back. */
const since = (then: Elapsed): number => Math.max(performance.now() - then.monotonicMs, Date.now() - then.wallMs);
