import type { TestServer } from './test-server.js';

/**
 * Resolves when the window in which the server counts hits (see RedisRateCounter) lasts for `seconds` yet: at once, or when the next
 * one has begun. What is counted after it is counted in one window.
 */
export async function roomInWindow({ backbone: { clock } }: TestServer, windowSeconds: number, seconds: number): Promise<void> {
  const windowMs = windowSeconds * 1_000;
  for (;;) {
    const leftMs = windowMs - (clock.nowMs() % windowMs);
    if (leftMs >= seconds * 1_000) return;
    await new Promise((resolve) => setTimeout(resolve, leftMs));
  }
}
