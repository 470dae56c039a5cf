import type { ChangeName } from '@trunkline/domain';

/** How far somebody has read. */
export interface LogPosition {
  /** Another one: the log is not the one that was read before. */
  readonly epoch: string;
  readonly count: number;
}

export interface ToldChanges {
  readonly position: LogPosition;
  /** Null: too much, or it was lost: whatever was kept may be outdated. */
  readonly names: readonly ChangeName[] | null;
}

/**
 * What was committed lately, the same for all copies of a service: whoever was answered finds their write in it.
 * Disposable, so what is kept in memory must not be believed for longer than `KEPT_MS_MAX`, whatever the log says.
 */
export interface ChangeLog {
  /** What was told after this position; null: it cannot be told now. Never throws. */
  since(position: LogPosition | null): Promise<ToldChanges | null>;
}

/** The longest that anything kept may be wrong when what changed it was never told. */
export const KEPT_MS_MAX = 60_000;
