import { isSnowflake, type Snowflake } from '@trunkline/kernel';

/** One page of a list that is ordered by id, newest first. Ids are exclusive bounds. */
export interface Page {
  readonly limit: number;
  readonly maxId: Snowflake | null;
  readonly sinceId: Snowflake | null;
  /** Unlike `sinceId`, asks for the entries directly above it; it wins when both are given. */
  readonly minId: Snowflake | null;
}

/** What a client sent, as numbers or text. */
export interface RawPage {
  readonly limit?: unknown;
  readonly maxId?: unknown;
  readonly sinceId?: unknown;
  readonly minId?: unknown;
}

/**
 * Mastodon's rules: no limit means the default, the sign does not matter, anything above twice the default
 * (or `limitMax`) is cut. Bounds that are no ids are ignored.
 */
export function pageOf(raw: RawPage, defaultLimit: number, limitMax = defaultLimit * 2): Page {
  const idOrNull = (value: unknown): Snowflake | null => {
    const text = typeof value === 'number' ? String(value) : value;
    return isSnowflake(text) ? text : null;
  };
  const minId = idOrNull(raw.minId);
  return {
    limit: limitOf(raw.limit, defaultLimit, limitMax),
    maxId: idOrNull(raw.maxId),
    sinceId: minId === null ? idOrNull(raw.sinceId) : null,
    minId,
  };
}

/** A limit alone, for lists without cursors. */
export function limitOf(raw: unknown, defaultLimit: number, limitMax = defaultLimit * 2): number {
  // Only plain values: an object of a stranger's may bring a `toString` of its own.
  if (typeof raw !== 'string' && typeof raw !== 'number') return defaultLimit;
  const wanted = Math.abs(Number.parseInt(String(raw), 10));
  return Number.isNaN(wanted) ? defaultLimit : Math.min(wanted, limitMax);
}
