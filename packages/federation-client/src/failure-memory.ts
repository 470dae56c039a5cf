import type { FetchFailure, FetchFailureCode } from './fetch-failure.js';

/** Not remembered: they speak of us at this moment, and a lifted domain rule takes effect within a second. */
const OURS: ReadonlySet<FetchFailureCode> = new Set(['busy', 'closed', 'blocked_domain']);

/** Remembers for a short while which fetches failed, so that a storm of pushes asks a dead host once. */
export class FailureMemory {
  private readonly failures = new Map<string, { readonly failure: FetchFailure; readonly untilMs: number }>();

  constructor(
    private readonly forMs: number,
    private readonly entriesMax: number,
    private readonly nowMs: () => number,
  ) {}

  recall(key: string): FetchFailure | null {
    const entry = this.failures.get(key);
    if (entry === undefined) return null;
    if (entry.untilMs > this.nowMs()) return entry.failure;
    this.failures.delete(key);
    return null;
  }

  remember(key: string, failure: FetchFailure): void {
    this.failures.delete(key);
    if (this.forMs <= 0 || OURS.has(failure.code)) return;
    if (this.failures.size >= this.entriesMax) this.forgetOldest();
    this.failures.set(key, { failure, untilMs: this.nowMs() + this.forMs });
  }

  forget(key: string): void {
    this.failures.delete(key);
  }

  private forgetOldest(): void {
    const oldest = this.failures.keys().next();
    if (oldest.done !== true) this.failures.delete(oldest.value);
  }
}
