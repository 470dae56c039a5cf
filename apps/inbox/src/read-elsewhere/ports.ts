import type { RemoteCollections, SocialPorts } from '@trunkline/social';
import type { StatusId } from '@trunkline/kernel';
import type { ReadingBudget } from './reading-budget.js';

export interface ReadPorts extends SocialPorts {
  readonly remote: SocialPorts['remote'] & RemoteCollections;
  /** The `context` that a status came with, or that its thread has; null: none. */
  readonly contextUriOf: (statusId: StatusId) => Promise<string | null>;
}

/** One reading under way. */
export interface ReadingRun {
  readonly budget: ReadingBudget;
  /** Lets whoever asked know how many posts came so far. */
  readonly tell: (found: number) => Promise<void>;
}
