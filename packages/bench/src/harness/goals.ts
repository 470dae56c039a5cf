import type { ContestName } from './options.js';

/** What each path shall reach: a share of the bare loop over the same libraries, a multiple of the peer. */
export interface RatioGoals {
  readonly ofLimit: number;
  readonly timesPeer: number | null;
}

export const RATIO_GOALS: Readonly<Record<ContestName, RatioGoals>> = {
  receive: { ofLimit: 0.6, timesPeer: null },
  apply: { ofLimit: 0.5, timesPeer: 10 },
  'fan-out': { ofLimit: 0.6, timesPeer: 8 },
  deliver: { ofLimit: 0.8, timesPeer: 5 },
  // Its limit is the same server with no host dead.
  'deliver-dead-hosts': { ofLimit: 0.9, timesPeer: null },
  'home-read': { ofLimit: 0.5, timesPeer: 8 },
};
