import type { ApartLimits } from './apart-lane.js';

export interface ApplyBatchSettings {
  /** Rows of one transaction. */
  readonly togetherMax: number;
  /** For what cannot go together. */
  readonly apart: Partial<ApartLimits>;
  /** How long what takes long, or finds no room, is not rung for again. */
  readonly putOffMs: number;
  readonly triesMax: number;
  /** After this a row is tried again later; what it waited for goes on alone. */
  readonly rowTimeoutMs: number;
  /** After this a transaction of many counts as a store that is away: its rows come again, and stand in nobody's way. */
  readonly togetherTimeoutMs: number;
  /** How long a row waits for an earlier one that another copy has in hand; after it, it is tried again later. */
  readonly turnPatienceMs: number;
}

export const APPLY_DEFAULTS: ApplyBatchSettings = { togetherMax: 100, apart: {}, putOffMs: 30_000, triesMax: 8, rowTimeoutMs: 20_000, togetherTimeoutMs: 45_000, turnPatienceMs: 2_000 };
const RETRY_FIRST_MS = 15_000;
const RETRY_MAX_MS = 6 * 60 * 60 * 1_000;

/** 15 s, 1 min, 4 min, … at most 6 h; with eight tries the last comes nine hours after the first. */
export const retryDelayMs = (attempts: number): number => Math.min(RETRY_FIRST_MS * 4 ** attempts, RETRY_MAX_MS);
