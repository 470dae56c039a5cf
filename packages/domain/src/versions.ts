import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';

/** Names something whose reading may be kept in memory: whoever writes it says so, whoever kept it asks first. */
export type VersionName = string;

/** What changes as one. `ties` and `marks` are what one person does to others and to statuses. */
export const versionOf = {
  /** A status's text and counters, and that it is gone. */
  status: (id: StatusId): VersionName => `s${id}`,
  /** A profile, its counters, and what moderation says of it. */
  account: (id: AccountId): VersionName => `a${id}`,
  /** Whom the person follows, blocks and mutes, and who blocks them. */
  ties: (id: AccountId): VersionName => `t${id}`,
  /** What the person favourited, boosted and bookmarked. */
  marks: (id: AccountId): VersionName => `m${id}`,
  /** Somebody who signs in: role, standing, settings, and all their tokens at once. */
  user: (id: Snowflake): VersionName => `u${id}`,
  token: (id: Snowflake): VersionName => `k${id}`,
} as const;
