import type { Clock } from '@trunkline/kernel';
import type { Redis } from './connect-redis.js';

/** Counts hits in fixed windows that all copies of a service share. */
export class RedisRateCounter {
  constructor(
    private readonly redis: Redis,
    private readonly clock: Clock,
  ) {}

  /**
   * @param hits at least 1
   * @throws RedisUnavailable; the caller decides whether the request passes.
   */
  async hit(key: string, _limit: number, windowSeconds: number, hits = 1): Promise<{ count: number; resetAtMs: number }> {
    const windowMs = windowSeconds * 1_000;
    const window = Math.floor(this.clock.nowMs() / windowMs);
    const name = `${this.redis.prefix}rate:${key}:${window}`;
    const count = await this.redis.run((client) => client.countHit([name], [String(windowSeconds), String(hits)]));
    return { count: Number(count), resetAtMs: (window + 1) * windowMs };
  }
}
