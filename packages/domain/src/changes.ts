import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';

/** Names something that readers keep in memory: whoever writes it says so. */
export type ChangeName = string;

/** What changes as one. `ties` and `marks` are what one person does to others and to statuses. */
export const changeOf = {
  /** A status's text and counters, and that it is gone. */
  status: (id: StatusId): ChangeName => `s${id}`,
  /** A profile, its counters, and what moderation says of it. */
  account: (id: AccountId): ChangeName => `a${id}`,
  /** Whom the person follows, blocks and mutes, and who blocks them. */
  ties: (id: AccountId): ChangeName => `t${id}`,
  /** What the person favourited, boosted and bookmarked. */
  marks: (id: AccountId): ChangeName => `m${id}`,
  /** Somebody who signs in: role, standing, settings, and all their tokens at once. */
  user: (id: Snowflake): ChangeName => `u${id}`,
  token: (id: Snowflake): ChangeName => `k${id}`,
} as const;
