import type { ResolveFailure } from '@trunkline/social';

/** What became of an activity. `ignored`: it says nothing that this server does anything with, or nothing it may say. */
export type Verdict =
  | { readonly kind: 'applied' }
  | { readonly kind: 'ignored'; readonly reason: string }
  /** Another server was needed and did not answer. */
  | { readonly kind: 'retry'; readonly reason: string };

export const APPLIED: Verdict = { kind: 'applied' };
export const ignored = (reason: string): Verdict => ({ kind: 'ignored', reason });
export const retry = (reason: string): Verdict => ({ kind: 'retry', reason });

/** The verdict when `what` could not be had. */
export const unresolved = (what: string, failure: ResolveFailure): Verdict =>
  failure.code === 'unreachable' ? retry(`${what}_unreachable: ${failure.detail ?? ''}`) : ignored(`${what}_${failure.code}`);
