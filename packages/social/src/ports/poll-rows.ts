import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';

/** One person's votes on one poll. */
export interface Ballot {
  readonly statusId: StatusId;
  readonly accountId: AccountId;
  readonly votes: readonly { readonly id: Snowflake; /** The option's place. */ readonly choice: number; readonly uri: string | null }[];
  /** Whether they may come after others of the same person: other servers send the choices one by one. */
  readonly more: boolean;
}

export type VoteOutcome = 'voted' | 'unknown_poll' | 'poll_ended' | 'unknown_choice' | 'one_choice' | 'voted_before';

export interface PollVote {
  readonly statusId: StatusId;
  readonly accountId: AccountId;
  readonly choice: number;
}

/** A poll of which somebody has to be told: that it ended, or of new votes. */
export interface DuePoll {
  readonly statusId: StatusId;
  readonly authorId: AccountId;
  readonly local: boolean;
  readonly ended: boolean;
}
