import type { AccountId } from '@trunkline/kernel';

/** Which followers: after a cursor (`'0'`: from the start), and of those only who follow somebody else as well. */
export interface FollowersAsked {
  readonly authorId: AccountId;
  readonly afterId: AccountId;
  readonly alsoFollowing: AccountId | null;
}

export interface FollowerPage {
  /** In order. */
  readonly ids: readonly AccountId[];
  readonly isLast: boolean;
}

export interface FollowerInboxesAsked {
  readonly accountId: AccountId;
  /** The last of the page before; empty: the first page. */
  readonly afterInbox: string;
}

export interface FollowerInbox {
  readonly inbox: string;
  /** Of somebody there. */
  readonly domain: string;
}
