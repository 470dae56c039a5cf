import { randomInt } from 'node:crypto';
import { SnowflakeGenerator, unavailable, type Clock, type Snowflake } from '@trunkline/kernel';
import type { IdSource } from '@trunkline/social';
import type { Queryable } from '../database.js';
import { leaseWorker, type WorkerLease, type WorkerLeaseSettings } from './worker-lease.js';

/** The generator borrows milliseconds in a burst. Beyond this it could run into the number's next holder. */
const AHEAD_MS_MAX = 5_000;

/**
 * Ids by database time under a leased worker number. When the lease cannot be trusted any more, making ids
 * fails with 503 until a new number is leased: no id is better than the same id twice.
 */
export class DatabaseIds implements IdSource {
  private generator: SnowflakeGenerator;
  private replacing: Promise<void> | null = null;
  private stopped = false;

  private constructor(
    private readonly db: Queryable,
    private readonly clock: Clock,
    private lease: WorkerLease,
    private readonly settings: WorkerLeaseSettings,
  ) {
    this.generator = this.use(lease);
  }

  static async start(db: Queryable, clock: Clock, settings: WorkerLeaseSettings = {}): Promise<DatabaseIds> {
    return new DatabaseIds(db, clock, await leaseWorker(db, settings), settings);
  }

  /** @throws AppError 503 while no worker number is surely held. */
  next(): Snowflake {
    this.assertHeld();
    const id = this.generator.next();
    if (this.generator.aheadMs() > AHEAD_MS_MAX) throw unavailable('ids_exhausted', 5);
    return id;
  }

  /** For remote statuses: carries min(published, now), with random low bits. The unique key decides on a clash. */
  at(unixMs: number): Snowflake {
    this.assertHeld();
    return this.generator.at(unixMs, randomInt(65_536));
  }

  get worker(): number {
    return this.lease.worker;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.replacing;
    await this.lease.release();
  }

  private assertHeld(): void {
    if (this.lease.held) return;
    this.startReplacing();
    throw unavailable('worker_lease_lost', 5);
  }

  private use(lease: WorkerLease): SnowflakeGenerator {
    this.lease = lease;
    lease.onLost(() => this.startReplacing());
    return new SnowflakeGenerator(lease.worker, () => this.clock.nowMs());
  }

  private startReplacing(): void {
    if (!this.stopped) this.replacing ??= this.replace();
  }

  /** A new number, even if the old one might still be ours: it was not ours for certain all the time. */
  private async replace(): Promise<void> {
    try {
      const lease = await leaseWorker(this.db, this.settings);
      await this.lease.release().catch((error: unknown) => this.settings.onError?.(error));
      this.generator = this.use(lease);
    } catch (error) {
      this.settings.onError?.(error);
    } finally {
      this.replacing = null;
    }
  }
}
