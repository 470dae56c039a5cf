import type { Seen } from './run-crowd.js';

/** What happened in one second of the run. */
export interface Second {
  /** Posts that were due in it. */
  readonly due: number;
  /** Posts that became visible in it. */
  readonly visible: number;
  /** From due to visible, of posts due in it; null when there were none. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Age of the oldest post that is due and not visible, at its end. */
  readonly lagMs: number;
}

/** @returns the value below which this share of the values lies; 0 of none */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** From when a post was due until it stood in its reader's feed, of those due between two times. One that never did counts as endless. */
export const latencies = (posts: readonly Seen[], fromMs: number, untilMs: number): number[] =>
  posts.filter(({ dueMs }) => dueMs >= fromMs && dueMs < untilMs).map(({ dueMs, visibleMs }) => (visibleMs === null ? Infinity : visibleMs - dueMs));

/** The run second by second, until the last post is visible. */
export function seconds(posts: readonly Seen[], startMs: number): Second[] {
  const endMs = Math.max(startMs, ...posts.map((post) => post.visibleMs ?? post.dueMs));
  return Array.from({ length: Math.ceil((endMs - startMs) / 1_000) }, (_, index) => {
    const [fromMs, untilMs] = [startMs + index * 1_000, startMs + (index + 1) * 1_000];
    const took = latencies(posts, fromMs, untilMs);
    const waiting = posts.filter(({ dueMs, visibleMs }) => dueMs < untilMs && (visibleMs ?? Infinity) >= untilMs);
    return {
      due: took.length,
      visible: posts.filter(({ visibleMs }) => visibleMs !== null && visibleMs >= fromMs && visibleMs < untilMs).length,
      p50Ms: took.length === 0 ? null : quantile(took, 0.5),
      p99Ms: took.length === 0 ? null : quantile(took, 0.99),
      lagMs: waiting.reduce((oldest, { dueMs }) => Math.max(oldest, untilMs - dueMs), 0),
    };
  });
}
