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
  'home-read': { ofLimit: 0.5, timesPeer: 8 },
};
