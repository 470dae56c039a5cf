import type { Snowflake } from '@trunkline/kernel';
import type { Verdict } from './verdict.js';

/** A statement failed after others were committed: what was settled by then, and why not more. */
export class PartlyApplied extends Error {
  constructor(
    readonly verdicts: ReadonlyMap<Snowflake, Verdict>,
    cause: unknown,
  ) {
    super('a batch was applied in part', { cause });
  }
}
