declare const brand: unique symbol;
type Branded<B extends string> = string & { readonly [brand]: B };

/**
 * A 64-bit id as a decimal string: `ms << 16 | worker (10 bits) | sequence (6 bits)`. Sorts by time as a
 * bigint, not as text of different lengths: compare with `compareIds`. In SQL it is a bigint.
 */
export type Snowflake = Branded<'Snowflake'>;
/** Ids of accounts and statuses are plain snowflakes with a name that tells the reader what they point at. */
export type AccountId = Snowflake;
export type StatusId = Snowflake;

const ID_MAX = 9_223_372_036_854_775_807n;
const WORKER_BITS = 10n;
const SEQUENCE_BITS = 6n;
const TIME_SHIFT = WORKER_BITS + SEQUENCE_BITS;
const SEQUENCES_PER_MS = 64;
export const WORKERS_MAX = 1024;

/** Whether the text is a decimal id that fits a signed 64-bit integer (`0` included, no leading zeros). */
export function isSnowflake(text: unknown): text is Snowflake {
  if (typeof text !== 'string' || !/^(0|[1-9][0-9]{0,18})$/.test(text)) return false;
  return BigInt(text) <= ID_MAX;
}

/** @throws TypeError when the text is no id: for values that our own code wrote. */
export function snowflake(text: string): Snowflake {
  if (!isSnowflake(text)) throw new TypeError(`not a snowflake: ${text.slice(0, 40)}`);
  return text;
}

/** Negative when a is older. Decimal strings without leading zeros compare by length first. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Newest first. */
export const newestFirst = (a: string, b: string): number => compareIds(b, a);

/** The smallest id of a millisecond: the bound for "since" queries and for daily partitions. */
export const firstIdAt = (unixMs: number): Snowflake => String(BigInt(Math.max(0, Math.floor(unixMs))) << TIME_SHIFT) as Snowflake;

/** Milliseconds since the Unix epoch at which the id was (or claims to have been) made. */
export const idTimeMs = (id: Snowflake): number => Number(BigInt(id) >> TIME_SHIFT);

/**
 * Makes ids that are unique per worker and never go back, even when the clock does.
 * The worker number is leased in Postgres; two live processes never hold the same one.
 */
export class SnowflakeGenerator {
  private lastMs = 0;
  private sequence = 0;

  constructor(
    readonly worker: number,
    private readonly now: () => number = Date.now,
  ) {
    if (!Number.isInteger(worker) || worker < 0 || worker >= WORKERS_MAX) {
      throw new RangeError(`worker must be 0..${WORKERS_MAX - 1}, got ${worker}`);
    }
  }

  /** A fresh id. When the clock steps back or a millisecond is used up, the next millisecond is borrowed. */
  next(): Snowflake {
    const nowMs = this.now();
    if (nowMs > this.lastMs) {
      this.lastMs = nowMs;
      this.sequence = 0;
    } else if (++this.sequence >= SEQUENCES_PER_MS) {
      this.lastMs += 1;
      this.sequence = 0;
    }
    return this.compose(this.lastMs, this.sequence);
  }

  /** How far the last id lies in the future: the milliseconds that were borrowed. */
  aheadMs(): number {
    return this.lastMs - this.now();
  }

  /**
   * An id that carries an earlier time, for a remote status published at `unixMs`. The low 16 bits are drawn
   * at random by the caller's `entropy` (0..65535), since many posts may share an old millisecond: the unique
   * key decides, and the caller draws again.
   */
  at(unixMs: number, entropy: number): Snowflake {
    const ms = Math.min(Math.max(0, Math.floor(unixMs)), this.now());
    return String((BigInt(ms) << TIME_SHIFT) | BigInt(entropy & 0xffff)) as Snowflake;
  }

  private compose(ms: number, sequence: number): Snowflake {
    return String((BigInt(ms) << TIME_SHIFT) | (BigInt(this.worker) << SEQUENCE_BITS) | BigInt(sequence)) as Snowflake;
  }
}
