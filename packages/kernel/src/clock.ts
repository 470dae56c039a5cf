/**
 * Where time comes from. Schedules use the database's clock through this port, never a
 * process's own; only tests move it.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
}

export const nowDate = (clock: Clock): Date => new Date(clock.nowMs());
