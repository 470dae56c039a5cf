import type { Account, AskedLeave, CustomEmoji, InteractionKind, InteractionRules, MediaAttachment, Page, Poll, ProfileField, QuotePolicy, QuoteState, Status, StatusQuote, Ties, Visibility } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';

/** A slice of something sorted by id, newest first. `minId` asks for the slice just above it. */
export type PageQuery = Page;

/** A row of a list that pages by an id of its own (a follow's, a favourite's), not by what it points at. */
export interface Entry<T extends Snowflake = Snowflake> {
  readonly entryId: Snowflake;
  readonly id: T;
}

export interface Handle {
  readonly username: string;
  /** null: an account of this server. */
  readonly domain: string | null;
}

export type AccountProfile = Omit<
  Account,
  'id' | 'followersCount' | 'followingCount' | 'statusesCount' | 'lastStatusAt' | 'updatedAt' | 'silencedAt' | 'suspendedAt' | 'deletedAt'
> & {
  /** A remote account's own server says that it is suspended there. Default: it is not. */
  readonly suspendedByOrigin?: boolean;
};

/** What a new status row holds; counters start at zero. */
export type NewStatus = Omit<
  Status,
  | 'mentions'
  | 'reactions'
  | 'repliesCount'
  | 'boostsCount'
  | 'favouritesCount'
  | 'quotesCount'
  | 'quote'
  | 'quotePolicy'
  | 'editedAt'
  | 'deletedAt'
  | 'applicationWebsite'
> & {
  readonly applicationWebsite: string | null;
  readonly conversationUri: string | null;
  readonly mentions: readonly { accountId: AccountId; silent: boolean }[];
  /** What was edited before it came here: a version older than this one changes nothing any more. */
  readonly editedAt?: Date | null;
  readonly quote?: NewQuote | null;
  readonly quotePolicy?: QuotePolicy | null;
  /** Of a post elsewhere: who may like, answer and boost it, where its author says. */
  readonly interactionRules?: InteractionRules | null;
  /** Of an answer elsewhere: what it names as its leave to stand under what it answers. */
  readonly replyStampUri?: string | null;
};

/** Leave that somebody here asks for; `interactionId`: the favourite, answer or boost, `statusId`: of what. */
export interface NewAsked {
  readonly interactionId: Snowflake;
  readonly what: InteractionKind;
  readonly accountId: AccountId;
  readonly statusId: StatusId;
  readonly byRequest: boolean;
}

export type AskedRow = NewAsked & AskedLeave;

export type NewQuote = StatusQuote;

/** What of a quote changes; absent members stay. */
export interface QuoteChange {
  readonly state?: QuoteState;
  readonly quotedId?: StatusId;
  readonly stampUri?: string | null;
  /** The peer's id of the QuoteRequest that its answer names. */
  readonly requestUri?: string;
}

export interface QuoteRequestRow {
  readonly requestUri: string | null;
}

/** Under which id a new status stands, and whom it answers: null also when the parent is not here. */
export interface InsertedStatus {
  readonly id: StatusId;
  readonly inReplyToId: StatusId | null;
  /** Answers to it may stand here that came before it: see `adoptOrphans`. */
  readonly isAwaited: boolean;
}

/** `undone`: its own actor took it back before it came. */
export type FavouriteOutcome = 'made' | 'stands' | 'undone';

/** The status with which a thread begins, as far as it is known here. */
export interface ThreadRoot {
  readonly id: StatusId;
  readonly accountId: AccountId;
  readonly local: boolean;
  /** The `context` or `conversation` under which it came; null for local ones. */
  readonly contextUri: string | null;
}

/** A group of another server that shows the beginning of a thread. */
export interface ThreadGroup {
  readonly conversationId: Snowflake;
  readonly accountId: AccountId;
  readonly uri: string;
  readonly domain: string;
}

/** A status that may be waited for. */
export interface NewParent {
  readonly uri: string;
  readonly id: StatusId;
  readonly accountId: AccountId;
}

export type StatusEdit = Pick<
  Status,
  'content' | 'text' | 'spoilerText' | 'sensitive' | 'language' | 'media' | 'emojis' | 'tags'
> & {
  readonly editedAt: Date;
  readonly mentions: readonly { accountId: AccountId; silent: boolean }[];
};

/** What a status says from now on. */
export type GivenEdit = StatusEdit & {
  readonly statusId: StatusId;
  /**
   * Of a post elsewhere that says plainly whom it is for: where that are fewer people than before, the others do not see it any more, nor
   * does whom it names no longer, unless everybody may read it. It is never widened. Null or absent: whoever sees it goes on seeing it.
   */
  readonly audience?: Visibility | null;
};

/** What an edit changed of who may see the status. */
export interface StandingEdit {
  /** Null: whoever saw it may see it, but for those who were dropped. */
  readonly narrowedFrom: Visibility | null;
  /** Who was named, and neither is any more nor may see it for that. */
  readonly droppedIds: readonly AccountId[];
}

export interface Tie {
  readonly id: Snowflake;
  readonly accountId: AccountId;
  readonly targetId: AccountId;
  /** The peer's own id of the Follow, Block or Like, when it came from one. */
  readonly uri: string | null;
}

export type BlockOutcome = 'made' | 'stands' | 'undone';

export interface FollowOptions {
  readonly showBoosts: boolean;
  readonly notify: boolean;
  readonly languages: readonly string[] | null;
}

export interface FollowTie extends Tie, FollowOptions {}

/** Who follows whom, or asks to. */
export type FollowPair = Pick<Tie, 'accountId' | 'targetId'>;
export type FollowTable = 'follows' | 'follow_requests';

/** Who marked which status. */
export interface StatusMark {
  readonly accountId: AccountId;
  readonly statusId: StatusId;
}

/** A boost by `accountId` of `statusId`. */
export interface StandingBoost extends StatusMark {
  readonly id: StatusId;
  readonly uri: string;
}

export interface StandingFavourite extends StatusMark {
  readonly id: Snowflake;
  /** The peer's id of the Like, or of the reaction that made it. */
  readonly uri: string | null;
}

/** Who reacts to which status with which emoji. */
export interface ReactionMark extends StatusMark {
  readonly name: string;
}

export interface StoodReaction extends ReactionMark {
  /** The peer's id of it; null: it came without one. */
  readonly uri: string | null;
}

/** What its author ended under this id never comes (back). */
export interface Tombstone {
  readonly uri: string;
  readonly actorUri: string;
}

export interface StatusPoll {
  readonly statusId: StatusId;
  readonly poll: Poll;
}

export interface StatusInteractionRules {
  readonly statusId: StatusId;
  readonly rules: InteractionRules | null;
}

export interface StatusQuotePolicy {
  readonly statusId: StatusId;
  readonly policy: QuotePolicy | null;
}

/** Followers of the author within a range of ids (`afterId` exclusive), and the people to whom they may have ties. */
export interface TiesAsked {
  readonly authorId: AccountId;
  readonly afterId: AccountId;
  readonly upToId: AccountId;
  readonly people: readonly AccountId[];
}

/** A custom emoji of another server, which tells when its picture changed. */
export interface NewerEmoji {
  /** Of the actor who uses it. */
  readonly host: string;
  readonly shortcode: string;
  readonly url: string;
  readonly staticUrl: string;
  readonly updatedAt: Date;
}

export interface NewReaction {
  readonly id: Snowflake;
  readonly accountId: AccountId;
  readonly statusId: StatusId;
  /** As in `StatusReaction`. */
  readonly name: string;
  readonly url: string | null;
  readonly staticUrl: string | null;
  /** The peer's own id of the activity. */
  readonly uri: string | null;
}

/** `undone`: it was taken back before it came. */
export type ReactionOutcome = 'stored' | 'known' | 'unknown_status' | 'too_many' | 'undone';

export interface StatusEditRow {
  readonly content: string;
  readonly spoilerText: string;
  readonly sensitive: boolean;
  readonly media: readonly MediaAttachment[];
  readonly emojis: readonly CustomEmoji[];
  readonly createdAt: Date;
}

/**
 * How one viewer stands to others; accounts without any tie may be left out (`NO_TIES`). `blocksDomain` is false
 * until people can block servers.
 */
export type ViewerTies = ReadonlyMap<AccountId, Ties>;

export type AccountChange = Partial<
  Pick<
    Account,
    | 'displayName'
    | 'note'
    | 'locked'
    | 'discoverable'
    | 'indexable'
    | 'hideCollections'
    | 'actorType'
    | 'avatarUrl'
    | 'headerUrl'
    | 'silencedAt'
    | 'suspendedAt'
    | 'emojis'
    | 'alsoKnownAs'
    | 'movedToUri'
  > & { fields: readonly ProfileField[] }
>;
