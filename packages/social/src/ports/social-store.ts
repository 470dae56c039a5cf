import type { EventContract, NewEventOf } from '@trunkline/contracts';
import type { Account, InteractionRules, LeaveState, OwnAnswers, Poll, QuotePolicy, QuoteState, Relationship, Status, StatusFlags, Visibility } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { Ballot, DuePoll, PollVote, VoteOutcome } from './poll-rows.js';
import type {
  AccountChange,
  AccountProfile,
  AskedRow,
  Entry,
  FavouriteOutcome,
  FollowPair,
  FollowTable,
  FollowTie,
  GivenEdit,
  Handle,
  InsertedStatus,
  NewAsked,
  NewParent,
  NewerEmoji,
  NewReaction,
  NewStatus,
  PageQuery,
  ReactionMark,
  ReactionOutcome,
  NewQuote,
  QuoteChange,
  QuoteRequestRow,
  StandingBoost,
  StandingEdit,
  StandingFavourite,
  StatusEdit,
  StatusEditRow,
  StatusInteractionRules,
  StatusMark,
  StatusPoll,
  StatusQuotePolicy,
  StoodReaction,
  ThreadGroup,
  ThreadRoot,
  TiesAsked,
  Tombstone,
  ViewerTies,
} from './store-rows.js';
import type { ConsentReads, ConsentWrites } from './consents.js';
import type { FollowerInbox, FollowerInboxesAsked, FollowerPage, FollowersAsked } from './follower-pages.js';
import type { TieWrites } from './tie-writes.js';
import type { ActUnder, AllTies, RecentMarks, TieToMoved } from './viewer-rows.js';

/** Reading. Every method that takes ids takes many and leaves out what is unknown; order is not promised. */
export interface SocialReads {
  accountsByIds(ids: readonly AccountId[]): Promise<Account[]>;
  accountsByUris(uris: readonly string[]): Promise<Account[]>;
  accountsByHandles(handles: readonly Handle[]): Promise<Account[]>;
  /** People of other servers by the addresses of their profile pages. */
  accountsByPages(urls: readonly string[]): Promise<Account[]>;
  /** Prefix search over username, display name and domain; `following` limits to those whom the viewer follows. */
  searchAccounts(query: { text: string; limit: number; offset: number; followedBy?: AccountId }): Promise<Account[]>;

  /** Deleted ones too: the caller looks at `deletedAt`. Mentions come filled. */
  statusesByIds(ids: readonly StatusId[]): Promise<Status[]>;
  statusesByUris(uris: readonly string[]): Promise<Status[]>;
  /** An account's own page of ids, deleted ones left out. */
  accountStatusIds(query: {
    accountId: AccountId;
    page: PageQuery;
    visibilities: readonly Visibility[];
    /** Also those (direct, private) that mention or were written by this viewer. */
    viewerId: AccountId | null;
    excludeReplies: boolean;
    excludeBoosts: boolean;
    onlyMedia: boolean;
    tagged?: string;
  }): Promise<StatusId[]>;
  /** Ids for public timelines. Silenced, suspended and blocked authors are the pure rule's business. */
  publicStatusIds(query: { page: PageQuery; scope: 'all' | 'local' | 'remote'; onlyMedia: boolean }): Promise<StatusId[]>;
  tagStatusIds(query: {
    page: PageQuery;
    any: readonly string[];
    all: readonly string[];
    none: readonly string[];
    scope: 'all' | 'local' | 'remote';
    onlyMedia: boolean;
  }): Promise<StatusId[]>;
  /** The newest statuses of those whom the account follows, and its own, newest first. Most of what rules would hide is left out. */
  homeStatusIds(accountId: AccountId, limit: number): Promise<StatusId[]>;
  /** Those of the ids that this author wrote or boosted. */
  writtenAmong(authorId: AccountId, ids: readonly StatusId[]): Promise<StatusId[]>;
  /** What each of these boosts; statuses that are no boosts are left out. */
  boostTargets(ids: readonly StatusId[]): Promise<Map<StatusId, StatusId>>;
  ancestorIds(statusId: StatusId, limit: number): Promise<StatusId[]>;
  descendantIds(statusId: StatusId, limit: number): Promise<StatusId[]>;
  /** The statuses with which threads began, by `conversationId`; those that are not known here are left out. */
  threadRoots(conversationIds: readonly Snowflake[]): Promise<ThreadRoot[]>;
  /** Groups elsewhere that boosted what these threads began with, the first first; a few of each. */
  threadGroups(conversationIds: readonly Snowflake[]): Promise<ThreadGroup[]>;
  /** Former versions, oldest first, the original included; the present one is the status itself. */
  statusEdits(statusId: StatusId, limit: number): Promise<StatusEditRow[]>;
  /** Replies for the `replies` collection: public and unlisted only. */
  publicReplyUris(statusId: StatusId, query: { afterId?: Snowflake; limit: number }): Promise<{ id: StatusId; uri: string }[]>;
  statusFlags(viewerId: AccountId, statusIds: readonly StatusId[]): Promise<Map<StatusId, StatusFlags>>;
  /** What the viewer voted for and reacted with. */
  ownAnswers(viewerId: AccountId, statusIds: readonly StatusId[]): Promise<Map<StatusId, OwnAnswers>>;
  voteById(id: Snowflake): Promise<PollVote | null>;
  /** Who voted and lives here, after an id, in order of these. */
  votersHere(statusId: StatusId, afterId: AccountId, limit: number): Promise<AccountId[]>;
  /** Who may like, answer and boost a post elsewhere; null: whoever sees it. */
  interactionRules(statusId: StatusId): Promise<InteractionRules | null>;
  /** What people here asked leave for, by the id of the favourite, answer or boost. */
  askedInteractions(ids: readonly Snowflake[]): Promise<Map<Snowflake, AskedRow>>;
  /** Ids of those that stand by this consent. */
  askedByStamp(stampUri: string): Promise<Snowflake[]>;
  /** The account's standing favourite of a status, with its peer's id of the Like. */
  favourite(accountId: AccountId, statusId: StatusId): Promise<{ readonly id: Snowflake; readonly uri: string | null } | null>;
  /** Who favours what, as far as it stands. */
  favouritesBetween(pairs: readonly StatusMark[]): Promise<StandingFavourite[]>;
  /** Of each person and status the standing reaction that came first, if there is one. */
  firstReactions(marks: readonly StatusMark[]): Promise<StoodReaction[]>;
  /** The account's standing boosts of these statuses: ids of the boosts. */
  boostIds(accountId: AccountId, targetIds: readonly StatusId[]): Promise<StatusId[]>;
  /** Who boosted what, as far as it stands. */
  boostsBetween(pairs: readonly StatusMark[]): Promise<StandingBoost[]>;
  boostedByIds(statusId: StatusId, page: PageQuery): Promise<Entry<AccountId>[]>;
  favouritedByIds(statusId: StatusId, page: PageQuery): Promise<Entry<AccountId>[]>;
  /** Statuses that quote this one with its author's consent. */
  quotingIds(statusId: StatusId, page: PageQuery): Promise<Entry<StatusId>[]>;
  /** Statuses whose quotes name this stamp, proven ones first. */
  quotesByStamp(stampUri: string): Promise<StatusId[]>;
  /** Those of the addresses that any quote, or anything else that somebody here asked leave for, names as its stamp. */
  namedStamps(uris: readonly string[]): Promise<Set<string>>;
  /** How a peer asked for the quote in its status; null: it quotes nothing. */
  quoteRequest(statusId: StatusId): Promise<QuoteRequestRow | null>;
  /** The status of a peer that quotes by leave of this QuoteRequest of theirs. */
  quoteByRequest(accountId: AccountId, requestUri: string): Promise<StatusId | null>;
  /** People of this server who quote the status, each with their newest quote. */
  localQuoters(quotedId: StatusId, limit: number): Promise<{ accountId: AccountId; statusId: StatusId }[]>;
  favouriteStatusIds(accountId: AccountId, page: PageQuery): Promise<Entry<StatusId>[]>;
  bookmarkStatusIds(accountId: AccountId, page: PageQuery): Promise<Entry<StatusId>[]>;

  /** null: there are more than `limit` of a kind. */
  allTies(viewerId: AccountId, limit: number): Promise<AllTies | null>;
  /** `limit` of a kind at most, those of the newest statuses; of boosts as many as are among the newest own statuses. */
  recentMarks(viewerId: AccountId, limit: number): Promise<RecentMarks>;
  viewerTies(viewerId: AccountId, otherIds: readonly AccountId[]): Promise<ViewerTies>;
  relationships(viewerId: AccountId, otherIds: readonly AccountId[]): Promise<Relationship[]>;
  followerIds(accountId: AccountId, page: PageQuery): Promise<Entry<AccountId>[]>;
  followingIds(accountId: AccountId, page: PageQuery): Promise<Entry<AccountId>[]>;
  followRequestIds(targetId: AccountId, page: PageQuery): Promise<Entry<AccountId>[]>;
  blockedIds(accountId: AccountId, page: PageQuery): Promise<Entry<AccountId>[]>;
  mutedIds(accountId: AccountId, page: PageQuery): Promise<Entry<AccountId>[]>;
  /** Those of the accounts whom somebody here follows, or has asked to. */
  followedHere(accountIds: readonly AccountId[]): Promise<Set<AccountId>>;
  /** A page of local followers for each author asked about, in order of account id: the pages of a fan-out. Answers in the order asked. */
  followerPages(asked: readonly FollowersAsked[], limit: number): Promise<FollowerPage[]>;
  /** Which followers block, mute, are blocked by, or limit what they see of one of the people; for each ask, in its order. */
  touchedFollowers(asked: readonly TiesAsked[]): Promise<Set<AccountId>[]>;
  /** Local followers of these authors who want to be told of each post, after a follower's id, in order of those. */
  bellFollowers(authorIds: readonly AccountId[], afterId: AccountId, limit: number): Promise<{ authorId: AccountId; accountId: AccountId }[]>;
  /** Whom each of many followers follows, blocks or mutes among the authors given: for feed rules in bulk. */
  tiesOfMany(viewerIds: readonly AccountId[], authorIds: readonly AccountId[]): Promise<Map<AccountId, ViewerTies>>;
  /** The distinct inboxes (shared where there is one) of accounts' remote followers, in order of their addresses: a page of `limit` for each ask, in its order. */
  followerInboxes(asked: readonly FollowerInboxesAsked[], limit: number): Promise<FollowerInbox[][]>;
  follow(accountId: AccountId, targetId: AccountId): Promise<FollowTie | null>;
  followRequest(accountId: AccountId, targetId: AccountId): Promise<FollowTie | null>;
  /** Those of the pairs that stand. */
  followsBetween(table: FollowTable, pairs: readonly FollowPair[]): Promise<FollowTie[]>;
  /** Accounts that replied to, boosted, favourited, voted on or reacted to each of these, as far as there is anybody: Delete and Update go to them too. */
  interactedWith(statusIds: readonly StatusId[], limit: number): Promise<Map<StatusId, AccountId[]>>;
  /** Pinned by the account, the last pinned first. */
  pinnedIds(accountId: AccountId, limit: number): Promise<StatusId[]>;
  pinId(accountId: AccountId, statusId: StatusId): Promise<Snowflake | null>;
  /** People here who block or mute the account, after an id, in order of those. */
  localTiesTo(targetId: AccountId, afterId: AccountId, limit: number): Promise<TieToMoved[]>;
  readonly consents: ConsentReads;
  /** What the account did under this id. */
  actUnder(accountId: AccountId, uri: string): Promise<ActUnder | null>;
  /** Those of the actor's own uris that it ended. */
  isTombstoned(actorUri: string, uris: readonly string[]): Promise<Set<string>>;
  /** For NodeInfo and the instance entity. */
  usage(): Promise<{ users: number; activeMonth: number; activeHalfYear: number; localStatuses: number; knownDomains: number }>;
  peerDomains(limit: number): Promise<string[]>;
}

/** Writing, inside one transaction. Inserts say whether they changed anything: that answer decides about effects. */
export interface SocialWrites extends TieWrites {
  readonly consents: ConsentWrites;
  insertAccount(account: AccountProfile & { id: AccountId }): Promise<boolean>;
  /**
   * Inserts or refreshes a remote account by uri; a fresh id is used only on insert. `goesOn`: who had the handle under another uri
   * goes on under this one, when it is new here; else they lose the name.
   */
  upsertRemoteAccount(profile: AccountProfile, made: { readonly freshId: AccountId; readonly goesOn: boolean }): Promise<Account>;
  /** Remote accounts that are here and keep their handles, each once. */
  refreshAccounts(profiles: readonly AccountProfile[]): Promise<void>;
  updateAccount(id: AccountId, change: AccountChange): Promise<void>;
  /** Turns the row into a tombstone and drops ties, statuses and favourites of the account. */
  deleteAccount(id: AccountId): Promise<void>;
  /** The same of many. What is much is to be erased before, bit by bit: `eraseSome`. */
  deleteAccounts(accountIds: readonly AccountId[]): Promise<void>;
  /** Drops so much of what accounts leave behind as one transaction can. @returns how many rows that were; 0: nothing is left */
  eraseSome(accountIds: readonly AccountId[]): Promise<number>;
  /** A remote account may be read anew: its server takes the deletion back. False: it was not deleted. */
  reviveAccount(id: AccountId): Promise<boolean>;
  /** Where the account moved to, and when. False: it moved elsewhere after `notSince`. The same move may be noted again. */
  claimMove(move: { accountId: AccountId; targetId: AccountId; targetUri: string; at: Date; notSince: Date }): Promise<boolean>;
  /** False: pinned already, not the author's own living post, or `most` are pinned. */
  insertPin(pin: { id: Snowflake; accountId: AccountId; statusId: StatusId }, most: number): Promise<boolean>;
  /** The pin that is gone now. */
  deletePin(accountId: AccountId, statusId: StatusId): Promise<Snowflake | null>;
  /** The whole list; ids say the order, the highest first. */
  replacePins(accountId: AccountId, pins: readonly { id: Snowflake; statusId: StatusId }[]): Promise<void>;

  /**
   * Null when the uri, or this boost, exists already, when its author left a tombstone there, or when the boosted status is
   * gone. Else the id under which it stands: a remote one's may differ from the one given, since ids of the past
   * have random low bits and can be taken. Counters of author, parent and boosted status move with it. A parent
   * that is known only by `inReplyToUri` is looked up again, so that parent and reply may arrive at once.
   */
  insertStatus(status: NewStatus): Promise<StatusId | null>;
  /** Many, with the outcome for each as if they had come one by one in this order. */
  insertStatuses(statuses: readonly NewStatus[]): Promise<(InsertedStatus | null)[]>;
  /** Rewrites content and mentions; keeps the former text as an edit. False when not newer than what is stored. */
  editStatus(statusId: StatusId, edit: StatusEdit): Promise<boolean>;
  /** Many, each status once. @returns those that were edited */
  editStatuses(edits: readonly GivenEdit[]): Promise<Map<StatusId, StandingEdit>>;
  /** People whom a post named and who are known only now. */
  addMentions(statusId: StatusId, mentions: NewStatus['mentions']): Promise<void>;
  /** Counters moved back, content blanked, `deletedAt` set. False when it was deleted already. Boosts of it go too. */
  deleteStatus(statusId: StatusId): Promise<{ deleted: boolean; boostIds: StatusId[] }>;
  /** Many. @returns those that this call deleted, without their boosts */
  deleteStatuses(statusIds: readonly StatusId[]): Promise<Set<StatusId>>;
  /** Fills a deleted remote status anew, when it went at `endedAt` or after it. Counters move with it. False: it does not stand deleted like this. */
  reviveStatus(statusId: StatusId, endedAt: Date, status: NewStatus): Promise<boolean>;
  /** Statuses that waited for one of these uris as their parent are tied to it. */
  adoptOrphans(parents: readonly NewParent[]): Promise<number>;
  /** False unless the quote of this status was in one of the states `from`. Counters move with it. */
  changeQuote(statusId: StatusId, change: QuoteChange, from: readonly QuoteState[]): Promise<boolean>;
  replaceQuote(statusId: StatusId, quote: NewQuote | null): Promise<void>;
  setQuotePolicy(statusId: StatusId, policy: QuotePolicy | null): Promise<boolean>;
  /** Many, each status once. @returns those whose policy is another now */
  setQuotePolicies(given: readonly StatusQuotePolicy[]): Promise<Set<StatusId>>;
  /** Many, each status once. */
  setInteractionRules(given: readonly StatusInteractionRules[]): Promise<void>;
  insertAsked(asked: NewAsked): Promise<void>;
  /** False unless it was in one of the states `from` and something changed. */
  changeAsked(interactionId: Snowflake, to: Pick<AskedRow, 'state' | 'stampUri'>, from: readonly LeaveState[]): Promise<boolean>;
  insertFavourite(tie: { id: Snowflake; accountId: AccountId; statusId: StatusId; uri: string | null }): Promise<boolean>;
  /** Many, with the outcome for each as if they had come one by one in this order. The status may be gone by then: nothing is made, it `stands`. */
  insertFavourites(ties: readonly { id: Snowflake; accountId: AccountId; statusId: StatusId; uri: string | null }[]): Promise<FavouriteOutcome[]>;
  deleteFavourite(accountId: AccountId, statusId: StatusId): Promise<{ id: Snowflake } | null>;
  /** Many. @returns those that stood */
  deleteFavourites(pairs: readonly StatusMark[]): Promise<(StatusMark & { readonly id: Snowflake })[]>;
  /** In this order. One vote a choice, one choice unless the poll takes several, none after its end; counted with it. @returns what became of each */
  insertBallots(ballots: readonly Ballot[]): Promise<VoteOutcome[]>;
  /** Tallies and ends of polls, as their own servers say; the options are the same. Each status once. @returns those that stand otherwise than before */
  tellPolls(polls: readonly StatusPoll[]): Promise<Set<StatusId>>;
  /** Another poll, or none; votes on the former one go. */
  replacePoll(statusId: StatusId, poll: Poll | null): Promise<void>;
  /** Polls that ended, and local ones with votes that are untold for so long. They count as told. */
  takeDuePolls(query: { readonly untoldMs: number; readonly limit: number }): Promise<DuePoll[]>;
  /** Pictures of custom emojis of other servers that are newer than those known: every post and profile of the host shows them. */
  noteEmojis(emojis: readonly NewerEmoji[]): Promise<void>;
  /** In this order, of each person and status one. @returns what became of each */
  insertReactions(reactions: readonly NewReaction[]): Promise<ReactionOutcome[]>;
  /** Many. @returns those that stood */
  deleteReactions(given: readonly ReactionMark[]): Promise<StoodReaction[]>;
  /** Gives standing favourites other uris; those without one are left as they are. */
  renameFavourites(favourites: readonly { accountId: AccountId; statusId: StatusId; uri: string | null }[]): Promise<void>;
  insertBookmark(tie: { id: Snowflake; accountId: AccountId; statusId: StatusId }): Promise<boolean>;
  deleteBookmark(accountId: AccountId, statusId: StatusId): Promise<boolean>;
  /**
   * Until the transaction ends, others wait who bring or end what has one of these uris, and who move counters of these
   * statuses. What writes many of both calls it first, so that nobody waits in a ring.
   */
  holdOff(uris: readonly string[], statusIds: readonly StatusId[]): Promise<void>;
  /** Keeps the uri from coming (back) to life. Call it first and look the object up after it, not before. */
  addTombstone(uri: string, actorUri: string): Promise<void>;
  addTombstones(stones: readonly Tombstone[]): Promise<void>;
  /** The actor takes it back; since when it had been, null: it had not. */
  liftTombstone(uri: string, actorUri: string): Promise<Date | null>;

  /** The lasting answer of an Idempotency-Key: null when this call took the key. Kept an hour. */
  claimIdempotencyKey(accountId: AccountId, key: string, statusId: StatusId): Promise<StatusId | null>;

  /** Into the events table, published after the commit, at least once. */
  appendEvent<C extends EventContract>(contract: C, payload: NewEventOf<C>): Promise<void>;
  /** Many of one kind. `traces`: the cause of each as a traceparent; without them it is the trace in which this runs. */
  appendEvents<C extends EventContract>(contract: C, payloads: readonly NewEventOf<C>[], traces?: readonly (string | null)[]): Promise<void>;
}

/** What a transaction offers: it sees its own writes. */
export type SocialTransaction = SocialReads & SocialWrites;

export interface SocialStore extends SocialReads {
  /** Runs `work` in one transaction, retried by the adapter on serialisation failure and deadlock. */
  transaction<T>(work: (tx: SocialTransaction) => Promise<T>): Promise<T>;
}
