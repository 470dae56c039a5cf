import { AppError } from '@trunkline/kernel';
import { reasonOf } from './hooks.js';

/** What a batch handler may resolve with; nothing at all means that every event is done. */
export interface BatchOutcome {
  /** Ids of events that have to come again. The others are done. */
  readonly retry: readonly string[];
}

/**
 * Thrown by a batch handler that did some of its events: those named here come again (or are parked after too
 * many tries), the others are done.
 */
export class BatchFailure extends Error {
  override readonly name = 'BatchFailure';

  /** @param failures event id to what went wrong with it. */
  constructor(readonly failures: ReadonlyMap<string, unknown>) {
    super(`${failures.size} of the batch failed: ${[...failures.values()].slice(0, 3).map(reasonOf).join('; ')}`);
  }
}

/** The failed events of an outcome, by event id. */
export function failuresOf(outcome: unknown): ReadonlyMap<string, unknown> {
  if (typeof outcome !== 'object' || outcome === null || !('retry' in outcome) || !Array.isArray(outcome.retry)) return new Map();
  return new Map(outcome.retry.map((eventId: unknown) => [String(eventId), new Error('the handler asked for a retry')]));
}

/**
 * Whether the fault is around the message rather than in it: a store that is away answers for every message
 * alike, and no number of tries says anything about this one.
 */
export const isUnavailable = (error: unknown): boolean => error instanceof AppError && error.status === 503;
