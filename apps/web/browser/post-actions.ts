import type { Account, Status } from './mastodon.js';

/** What a post in a list needs of the page around it. */
export interface PostActions {
  readonly me: Account;
  readonly onReply: (status: Status) => void;
  readonly onError: (error: unknown) => void;
  /** It stands within a thread: that is not opened again. */
  readonly isInThread?: boolean;
}
