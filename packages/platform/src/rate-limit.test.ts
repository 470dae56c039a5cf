import { describe, expect, test } from '@jest/globals';
import { RateLimiter, rateHeaders, rateVerdict, retryAfterSeconds, strictest, windowEndMs } from './rate-limit.js';

describe('rate limits', () => {
  test('the last hit of a window passes, the next one does not', () => {
    const resetAtMs = 300_000;
    expect(rateVerdict(300, { count: 300, resetAtMs })).toMatchObject({ allowed: true, remaining: 0 });
    expect(rateVerdict(300, { count: 301, resetAtMs })).toMatchObject({ allowed: false, remaining: 0 });
  });

  test('headers are Mastodon’s: the reset is a time with microseconds', () => {
    expect(rateHeaders({ allowed: true, limit: 300, remaining: 299, resetAtMs: Date.UTC(2026, 0, 2, 3, 5) })).toEqual({
      'X-RateLimit-Limit': '300',
      'X-RateLimit-Remaining': '299',
      'X-RateLimit-Reset': '2026-01-02T03:05:00.000000Z',
    });
  });

  test('windows are aligned with the epoch; one that just ended belongs to the next', () => {
    expect(windowEndMs(299_999, 300)).toBe(300_000);
    expect(windowEndMs(300_000, 300)).toBe(600_000);
  });

  test('of several verdicts a client is told the one that leaves the least', () => {
    const wide = rateVerdict(1500, { count: 2, resetAtMs: 1 });
    const narrow = rateVerdict(30, { count: 29, resetAtMs: 2 });
    const refused = rateVerdict(5, { count: 6, resetAtMs: 3 });
    expect(strictest(wide, narrow)).toBe(narrow);
    expect(strictest(wide, refused, narrow)).toBe(refused);
    expect(retryAfterSeconds(refused, 0)).toBe(1);
  });

  test('when the counter is down the request passes and the fault is told', async () => {
    const faults: unknown[] = [];
    const limiter = new RateLimiter({ hit: () => Promise.reject(new Error('down')) }, (error) => faults.push(error));
    const verdict = await limiter.check({ name: 'api', limit: 10, windowSeconds: 60 }, 'ip', 30_000);
    expect(verdict).toEqual({ allowed: true, limit: 10, remaining: 10, resetAtMs: 60_000 });
    expect(faults).toHaveLength(1);
  });
});
