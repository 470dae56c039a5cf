import type { AccountId, StatusId } from '@trunkline/kernel';

/** Something that an account elsewhere said under an id of its own: what it agreed to, or asked leave for. */
export interface HeardWord {
  readonly what: 'accept' | 'request';
  /** Of an Accept, our id of what was accepted; of a request, the id of what was asked for. */
  readonly aboutUri: string;
}

/** What an answer elsewhere names as its leave. `told`: not looked at yet. */
export interface ReplyStamp {
  readonly uri: string;
  readonly state: 'told' | 'accepted' | 'refused';
}

export interface ConsentReads {
  /** What the account said under this id; null: nothing that is remembered. */
  heardUnder(accountId: AccountId, uri: string): Promise<HeardWord | null>;
  replyStamp(statusId: StatusId): Promise<ReplyStamp | null>;
  /** Answers that stand under a post by this stamp. */
  repliesByStamp(stampUri: string): Promise<StatusId[]>;
}

export interface ConsentWrites {
  /** Of all that an account said about one thing, the last id counts. */
  noteHeard(word: HeardWord & { readonly accountId: AccountId; readonly uri: string }): Promise<void>;
  /** Another stamp is looked at anew; the same stays as it was judged. */
  tellReplyStamps(stamps: readonly { readonly statusId: StatusId; readonly uri: string }[]): Promise<void>;
  /** False: it names another by now. */
  judgeReplyStamp(statusId: StatusId, uri: string, state: 'accepted' | 'refused'): Promise<boolean>;
  /** The answer stands for itself: it is no part of the thread under its parent any more, and counts nowhere there. */
  untieReply(statusId: StatusId): Promise<void>;
}
