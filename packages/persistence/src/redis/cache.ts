import type { Redis } from './connect-redis.js';

const VALUE_BYTES_MAX = 256 * 1024;

/** Small JSON values that may be lost at any time. Away or too large is the same as missing. */
export class RedisCache {
  constructor(private readonly redis: Redis) {}

  async get<T>(key: string): Promise<T | null> {
    try {
      const text = await this.redis.run((client) => client.get(`${this.redis.prefix}cache:${key}`));
      return typeof text === 'string' ? (JSON.parse(text) as T) : null;
    } catch {
      return null;
    }
  }

  async set(key: string, value: unknown, ttlSeconds: number): Promise<void> {
    const text = JSON.stringify(value);
    if (text.length > VALUE_BYTES_MAX) return;
    try {
      await this.redis.run((client) => client.set(`${this.redis.prefix}cache:${key}`, text, { expiration: { type: 'EX', value: ttlSeconds } }));
    } catch {
      // A cache that is away costs speed, nothing else.
    }
  }
}
