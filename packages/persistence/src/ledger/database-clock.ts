import type { Clock } from '@trunkline/kernel';
import type { Queryable } from '../database.js';

const MEASURE_EVERY_MS = 60_000;

/**
 * The database's time, kept going by this process's monotonic clock between measurements: a wall clock that
 * is set wrong or jumps changes nothing. Good to half a round trip, the shortest so far: a slow answer moves nothing that agrees with it.
 */
export class DatabaseClock implements Clock {
  private testOffsetMs = 0;
  private timer: NodeJS.Timeout | null = null;

  private constructor(
    private readonly db: Queryable,
    private baseMs: number,
  ) {}

  /** Measures once, and every minute from then on until `stop`. */
  static async start(db: Queryable, onError: (error: unknown) => void = () => undefined): Promise<DatabaseClock> {
    const { leastMs, mostMs } = await measureBase(db);
    const clock = new DatabaseClock(db, (leastMs + mostMs) / 2);
    clock.timer = setInterval(() => void clock.measure().catch(onError), MEASURE_EVERY_MS);
    clock.timer.unref();
    return clock;
  }

  nowMs(): number {
    return Math.floor(performance.now() + this.baseMs + this.testOffsetMs);
  }

  /** Compares again. A failed measurement leaves the last one in force, and so does one that allows for it: time would step for nothing. */
  async measure(): Promise<void> {
    const { leastMs, mostMs } = await measureBase(this.db);
    this.baseMs = Math.min(Math.max(this.baseMs, leastMs), mostMs);
  }

  /** Moves all schedules of this process; only tests call it. */
  setOffsetForTests(ms: number): void {
    this.testOffsetMs = ms;
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}

/** What to add to `performance.now()` to get the database's Unix milliseconds: its clock was read somewhere between question and answer. */
async function measureBase(db: Queryable): Promise<{ readonly leastMs: number; readonly mostMs: number }> {
  const sentMs = performance.now();
  const [row] = await db.query<{ ms: number }>('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms');
  if (row === undefined) throw new Error('the database told no time');
  return { leastMs: row.ms - performance.now(), mostMs: row.ms - sentMs };
}
