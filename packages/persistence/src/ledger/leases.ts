import { randomUUID } from 'node:crypto';
import type { Queryable } from '../database.js';

/**
 * Takes or renews a lease by database time; one holder at a time. Leases stand in for session locks, which
 * PgBouncer in transaction mode would break. A holder that was paused past the end of its lease may believe in
 * it for a moment longer: what is done under a lease has to be harmless when it is done twice.
 */
export async function acquireLease(db: Queryable, name: string, holder: string, ttlSeconds: number): Promise<boolean> {
  const rows = await db.query(
    `INSERT INTO events.leases AS l (name, holder, expires_at)
     VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
       WHERE l.holder = excluded.holder OR l.expires_at < clock_timestamp()
     RETURNING name`,
    [name, holder, ttlSeconds],
  );
  return rows.length > 0;
}

export async function releaseLease(db: Queryable, name: string, holder: string): Promise<void> {
  await db.query('DELETE FROM events.leases WHERE name = $1 AND holder = $2', [name, holder]);
}

/** A piece of the leader's work. Runs again and again; must be harmless when two leaders run it at once. */
export interface LeaderTask {
  readonly name: string;
  readonly everyMs: number;
  /** `signal` is aborted when the lease is lost or the loop stops: end between two steps then. */
  run(signal: AbortSignal): Promise<void>;
}

export interface LeaderLoopSettings {
  readonly ttlSeconds?: number;
  /** How often the lease is sought or renewed. */
  readonly tickMs?: number;
  readonly onError?: (task: string, error: unknown) => void;
}

/** Runs tasks in one of all copies, each when its time has come, one after the other. */
export class LeaderLoop {
  private readonly holder = randomUUID();
  private readonly settings: Required<LeaderLoopSettings>;
  private readonly lastRunMs = new Map<string, number>();
  private timer: NodeJS.Timeout | null = null;
  private term: AbortController | null = null;
  private working: Promise<void> | null = null;
  private renewing: Promise<void> | null = null;

  constructor(
    private readonly db: Queryable,
    private readonly name: string,
    private readonly tasks: readonly LeaderTask[],
    settings: LeaderLoopSettings = {},
  ) {
    this.settings = { ttlSeconds: 15, tickMs: 3_000, onError: () => undefined, ...settings };
  }

  start(): void {
    if (this.timer !== null) return;
    this.timer = setInterval(() => this.tick(), this.settings.tickMs);
    this.tick();
  }

  get leading(): boolean {
    return this.term !== null;
  }

  /** Resolves when the task under way has ended and the lease is given back. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.term?.abort();
    await this.renewing;
    await this.working;
    this.term = null;
    await releaseLease(this.db, this.name, this.holder).catch((error: unknown) => this.settings.onError('lease', error));
  }

  private tick(): void {
    this.renewing ??= this.renew().finally(() => {
      this.renewing = null;
    });
  }

  /** Renewed also while a task runs, so that a long one keeps its lease. */
  private async renew(): Promise<void> {
    const held = await acquireLease(this.db, this.name, this.holder, this.settings.ttlSeconds).catch((error: unknown) => {
      this.settings.onError('lease', error);
      return false;
    });
    if (!held || this.timer === null) {
      this.term?.abort();
      this.term = null;
      return;
    }
    this.term ??= new AbortController();
    const { signal } = this.term;
    this.working ??= this.runDue(signal).finally(() => {
      this.working = null;
    });
  }

  private async runDue(signal: AbortSignal): Promise<void> {
    for (const task of this.tasks) {
      if (signal.aborted) return;
      const nowMs = performance.now();
      if (nowMs - (this.lastRunMs.get(task.name) ?? -Infinity) < task.everyMs) continue;
      this.lastRunMs.set(task.name, nowMs);
      await task.run(signal).catch((error: unknown) => this.settings.onError(task.name, error));
    }
  }
}
