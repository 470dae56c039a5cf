import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { BlockOutcome, FollowOptions, FollowPair, FollowTable, FollowTie, Tie } from './store-rows.js';

/** Writing what ties people, inside one transaction. Inserts say whether they changed anything. */
export interface TieWrites {
  insertFollow(tie: FollowTie): Promise<boolean>;
  /** Many, each pair once. @returns the ids of those that are new */
  insertFollows(ties: readonly FollowTie[]): Promise<Set<Snowflake>>;
  /** Gives standing ones other uris. */
  renameFollows(table: FollowTable, ties: readonly (FollowPair & { readonly uri: string })[]): Promise<void>;
  /** Follows, and requests where there is no follow. @returns those that stood */
  deleteFollows(pairs: readonly FollowPair[]): Promise<FollowTie[]>;
  updateFollow(accountId: AccountId, targetId: AccountId, options: Partial<FollowOptions> & { uri?: string }): Promise<void>;
  deleteFollow(accountId: AccountId, targetId: AccountId): Promise<FollowTie | null>;
  insertFollowRequest(tie: FollowTie): Promise<boolean>;
  insertFollowRequests(ties: readonly FollowTie[]): Promise<Set<Snowflake>>;
  updateFollowRequest(accountId: AccountId, targetId: AccountId, change: { uri: string }): Promise<void>;
  deleteFollowRequest(accountId: AccountId, targetId: AccountId): Promise<FollowTie | null>;
  /** Makes a follow of a request; lists that wait for it have their member. `isNew`: there was no follow already. null: nothing waited. */
  acceptFollowRequest(accountId: AccountId, targetId: AccountId): Promise<{ readonly tie: FollowTie; readonly isNew: boolean } | null>;
  insertBlock(tie: Tie): Promise<boolean>;
  /** Many, each pair once; what its author took back before it came is not made. @returns what became of each */
  insertBlocks(ties: readonly Tie[]): Promise<BlockOutcome[]>;
  /** @returns those that stood */
  deleteBlocks(pairs: readonly FollowPair[]): Promise<Tie[]>;
  insertMute(mute: { id: Snowflake; accountId: AccountId; targetId: AccountId; hideNotifications: boolean; expiresAt: Date | null }): Promise<void>;
  deleteMute(accountId: AccountId, targetId: AccountId): Promise<boolean>;
}
