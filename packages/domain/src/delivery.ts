/** Attempts for one inbox, the first included: without jitter the last comes 3.8 days after the first. */
export const DELIVERY_ATTEMPTS_MAX = 18;

/**
 * Milliseconds to wait after the `attempt`-th failure (1 for the first), or `null` when it was the last: n⁴ + 15 s,
 * up to half of n⁴ more by `jitter` (0..1, drawn by the caller) so that a server that comes back is not hit at once.
 */
export function retrySchedule(attempt: number, jitter = 0): number | null {
  if (attempt >= DELIVERY_ATTEMPTS_MAX) return null;
  const n = Math.max(1, Math.floor(attempt));
  const growthSeconds = n ** 4;
  return Math.round((growthSeconds + 15 + growthSeconds * 0.5 * Math.min(Math.max(jitter, 0), 1)) * 1000);
}

/** What is remembered about delivering to one host. Plain data: it is a row. */
export interface HostState {
  readonly consecutiveFailures: number;
  /** No delivery before this moment; then one probe. `null`: open for all. */
  readonly pausedUntilMs: number | null;
  /** Distinct UTC days (days since the epoch) with failures and no success between them. */
  readonly failureDays: number;
  readonly lastFailureDay: number | null;
  /** Set when the host counts as dead: nothing is planned for it until it speaks to us. */
  readonly unavailableSinceMs: number | null;
}

export const HEALTHY_HOST: HostState = Object.freeze({
  consecutiveFailures: 0,
  pausedUntilMs: null,
  failureDays: 0,
  lastFailureDay: null,
  unavailableSinceMs: null,
});

export type HostOutcome =
  | { readonly kind: 'delivered' }
  /** A valid signed request from there, or a person's order to try again. */
  | { readonly kind: 'heard' }
  /** It was taken for dead, and something that federates answers there: one delivery may go first. */
  | { readonly kind: 'answered' }
  /** No answer, or one that says the whole host is ill (5xx). */
  | { readonly kind: 'failed' }
  /** 429 or 503 with Retry-After. */
  | { readonly kind: 'asked-to-wait'; readonly untilMs: number };

export const BREAKER_FAILURES = 10;
const BREAKER_PAUSE_MS = 60_000;
const BREAKER_PAUSE_MAX_MS = 3_600_000;
const WAIT_MAX_MS = 24 * 3_600_000;
const DAY_MS = 86_400_000;
const DEAD_AFTER_DAYS = 7;

/**
 * The host's state after one outcome. Ten failures in a row pause it for a minute, each further failed probe twice
 * as long, at most an hour; failures on seven distinct days without a success make it unavailable. One success, or
 * hearing from it, clears everything.
 */
export function nextHostState(state: HostState, outcome: HostOutcome, nowMs: number): HostState {
  switch (outcome.kind) {
    case 'delivered':
    case 'heard':
      return HEALTHY_HOST;
    case 'answered':
      return { ...state, consecutiveFailures: BREAKER_FAILURES, pausedUntilMs: null, failureDays: DEAD_AFTER_DAYS - 1, unavailableSinceMs: null };
    case 'asked-to-wait':
      // The host answered, so it is alive: no failure is counted. Nobody may silence us for longer than a day.
      return { ...state, pausedUntilMs: Math.max(state.pausedUntilMs ?? 0, Math.min(outcome.untilMs, nowMs + WAIT_MAX_MS)) };
    case 'failed': {
      const consecutiveFailures = state.consecutiveFailures + 1;
      const today = Math.floor(nowMs / DAY_MS);
      const failureDays = state.failureDays + (today === state.lastFailureDay ? 0 : 1);
      const over = consecutiveFailures - BREAKER_FAILURES;
      const pauseMs = Math.min(BREAKER_PAUSE_MS * 2 ** Math.min(over, 10), BREAKER_PAUSE_MAX_MS);
      return {
        consecutiveFailures,
        pausedUntilMs: over < 0 ? state.pausedUntilMs : Math.max(state.pausedUntilMs ?? 0, nowMs + pauseMs),
        failureDays,
        lastFailureDay: today,
        unavailableSinceMs: state.unavailableSinceMs ?? (failureDays >= DEAD_AFTER_DAYS ? nowMs : null),
      };
    }
  }
}

/** Whether to deliver now: freely, as one probe (the pause is over, the host is not proven yet), or not. */
export function hostGate(state: HostState, nowMs: number): 'open' | 'probe' | 'shut' {
  if (state.unavailableSinceMs !== null) return 'shut';
  if (state.pausedUntilMs !== null && nowMs < state.pausedUntilMs) return 'shut';
  return state.consecutiveFailures >= BREAKER_FAILURES ? 'probe' : 'open';
}
