/** One counted hit of a fixed window. */
export interface RateHit {
  /** Hits in this window, these included. */
  readonly count: number;
  /** When the window ends, ms since the Unix epoch. */
  readonly resetAtMs: number;
}

/** Counts hits per key and window where all copies of a service see them. The adapter lives with Redis. */
export interface RateCounter {
  hit(key: string, limit: number, windowSeconds: number, hits?: number): Promise<RateHit>;
}

/** So many requests in a window, per key. */
export interface RateRule {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface RateVerdict {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAtMs: number;
}

/** The end of the fixed window that holds `nowMs`; windows are aligned with the epoch, as Mastodon's are. */
export function windowEndMs(nowMs: number, windowSeconds: number): number {
  const windowMs = windowSeconds * 1_000;
  return (Math.floor(nowMs / windowMs) + 1) * windowMs;
}

/** Whether the hit may pass, and what is left of the window. */
export function rateVerdict(limit: number, hit: RateHit): RateVerdict {
  return { allowed: hit.count <= limit, limit, remaining: Math.max(0, limit - hit.count), resetAtMs: hit.resetAtMs };
}

/** The verdict that leaves the least, which is the one a client is told. At least one is needed. */
export function strictest(first: RateVerdict, ...others: readonly RateVerdict[]): RateVerdict {
  return others.reduce((least, verdict) => (isStricter(verdict, least) ? verdict : least), first);
}

function isStricter(a: RateVerdict, b: RateVerdict): boolean {
  if (a.allowed !== b.allowed) return !a.allowed;
  return a.remaining === b.remaining ? a.resetAtMs > b.resetAtMs : a.remaining < b.remaining;
}

/** The headers as Mastodon sends them: the reset is a time with microseconds, not a number of seconds. */
export function rateHeaders(verdict: RateVerdict): Record<'X-RateLimit-Limit' | 'X-RateLimit-Remaining' | 'X-RateLimit-Reset', string> {
  return {
    'X-RateLimit-Limit': String(verdict.limit),
    'X-RateLimit-Remaining': String(verdict.remaining),
    'X-RateLimit-Reset': new Date(verdict.resetAtMs).toISOString().replace(/(\.\d{3})Z$/, '$1000Z'),
  };
}

/** Seconds until the window ends, at least 1: for Retry-After. */
export const retryAfterSeconds = (verdict: RateVerdict, nowMs: number): number =>
  Math.max(1, Math.ceil((verdict.resetAtMs - nowMs) / 1_000));

/**
 * Applies rules to keys. When the counter cannot be reached the request passes, and `onFault` is told: a cache that is
 * down must not close the server.
 */
export class RateLimiter {
  constructor(
    private readonly counter: RateCounter,
    private readonly onFault: (error: unknown) => void = () => undefined,
  ) {}

  async check(rule: RateRule, key: string, nowMs: number): Promise<RateVerdict> {
    try {
      return rateVerdict(rule.limit, await this.counter.hit(`${rule.name}:${key}`, rule.limit, rule.windowSeconds));
    } catch (error) {
      this.onFault(error);
      return rateVerdict(rule.limit, { count: 0, resetAtMs: windowEndMs(nowMs, rule.windowSeconds) });
    }
  }
}
