import type { EventContract, EventOf, LivePublicMessage, LiveUserMessage } from '@trunkline/contracts';
import type { AccountId, Clock, Result, Snowflake, StatusId } from '@trunkline/kernel';
import type {
  Account,
  FeedEntry,
  Notification,
  NotificationType,
  Page,
  PolicySnapshot,
  ProfileField,
  Relationship,
  Report,
  Status,
  StatusFlags,
  Ties,
  Visibility,
  CustomEmoji,
  MediaAttachment,
} from '@trunkline/domain';

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
>;

/** What a new status row holds; counters start at zero. */
export type NewStatus = Omit<
  Status,
  'mentions' | 'repliesCount' | 'boostsCount' | 'favouritesCount' | 'editedAt' | 'deletedAt' | 'applicationWebsite'
> & {
  readonly applicationWebsite: string | null;
  readonly conversationUri: string | null;
  readonly mentions: readonly { accountId: AccountId; silent: boolean }[];
};

export type StatusEdit = Pick<
  Status,
  'content' | 'text' | 'spoilerText' | 'sensitive' | 'language' | 'media' | 'emojis' | 'tags'
> & {
  readonly editedAt: Date;
  readonly mentions: readonly { accountId: AccountId; silent: boolean }[];
};

export interface Tie {
  readonly id: Snowflake;
  readonly accountId: AccountId;
  readonly targetId: AccountId;
  /** The peer's own id of the Follow, Block or Like, when it came from one. */
  readonly uri: string | null;
}

export interface FollowOptions {
  readonly showBoosts: boolean;
  readonly notify: boolean;
  readonly languages: readonly string[] | null;
}

export interface FollowTie extends Tie, FollowOptions {}

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

/** Reading. Every method that takes ids takes many and leaves out what is unknown; order is not promised. */
export interface SocialReads {
  accountsByIds(ids: readonly AccountId[]): Promise<Account[]>;
  accountsByUris(uris: readonly string[]): Promise<Account[]>;
  accountsByHandles(handles: readonly Handle[]): Promise<Account[]>;
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
  /** The newest statuses of those whom the account follows, and its own: the oracle of the home feed. */
  homeStatusIds(accountId: AccountId, limit: number): Promise<FeedEntry[]>;
  /** The newest statuses of one author, for merging into a feed after a follow. */
  recentStatusIds(authorId: AccountId, limit: number): Promise<FeedEntry[]>;
  ancestorIds(statusId: StatusId, limit: number): Promise<StatusId[]>;
  descendantIds(statusId: StatusId, limit: number): Promise<StatusId[]>;
  /** Former versions, oldest first, the original included; the present one is the status itself. */
  statusEdits(statusId: StatusId, limit: number): Promise<StatusEditRow[]>;
  /** Replies for the `replies` collection: public and unlisted only. */
  publicReplyUris(statusId: StatusId, query: { afterId?: Snowflake; limit: number }): Promise<{ id: StatusId; uri: string }[]>;
  statusFlags(viewerId: AccountId, statusIds: readonly StatusId[]): Promise<Map<StatusId, StatusFlags>>;
  /** The account's standing boosts of these statuses: ids of the boosts. */
  boostIds(accountId: AccountId, targetIds: readonly StatusId[]): Promise<StatusId[]>;
  boostedByIds(statusId: StatusId, page: PageQuery): Promise<Entry<AccountId>[]>;
  favouritedByIds(statusId: StatusId, page: PageQuery): Promise<Entry<AccountId>[]>;
  favouriteStatusIds(accountId: AccountId, page: PageQuery): Promise<Entry<StatusId>[]>;
  bookmarkStatusIds(accountId: AccountId, page: PageQuery): Promise<Entry<StatusId>[]>;

  viewerTies(viewerId: AccountId, otherIds: readonly AccountId[]): Promise<ViewerTies>;
  relationships(viewerId: AccountId, otherIds: readonly AccountId[]): Promise<Relationship[]>;
  followerIds(accountId: AccountId, page: PageQuery): Promise<Entry<AccountId>[]>;
  followingIds(accountId: AccountId, page: PageQuery): Promise<Entry<AccountId>[]>;
  followRequestIds(targetId: AccountId, page: PageQuery): Promise<Entry<AccountId>[]>;
  blockedIds(accountId: AccountId, page: PageQuery): Promise<Entry<AccountId>[]>;
  mutedIds(accountId: AccountId, page: PageQuery): Promise<Entry<AccountId>[]>;
  /** Local followers after a cursor, in order of account id: the pages of a fan-out. */
  localFollowersAfter(
    accountId: AccountId,
    afterId: AccountId | null,
    limit: number,
  ): Promise<{ accountId: AccountId; showBoosts: boolean; notify: boolean; languages: readonly string[] | null }[]>;
  /** Whom each of many followers follows, blocks or mutes among the authors given: for feed rules in bulk. */
  tiesOfMany(viewerIds: readonly AccountId[], authorIds: readonly AccountId[]): Promise<Map<AccountId, ViewerTies>>;
  /** The distinct inboxes (shared where there is one) of an account's remote followers, with a sample account id of each. */
  followerInboxes(accountId: AccountId, afterInbox: string, limit: number): Promise<{ inbox: string; domain: string }[]>;
  follow(accountId: AccountId, targetId: AccountId): Promise<FollowTie | null>;
  followRequest(accountId: AccountId, targetId: AccountId): Promise<FollowTie | null>;
  /** Accounts that replied to, boosted or favourited a status: Delete and Update go to them too. */
  interactedAccountIds(statusId: StatusId, limit: number): Promise<AccountId[]>;
  isTombstoned(uris: readonly string[]): Promise<Set<string>>;
  /** For NodeInfo and the instance entity. */
  usage(): Promise<{ users: number; activeMonth: number; activeHalfYear: number; localStatuses: number; knownDomains: number }>;
  peerDomains(limit: number): Promise<string[]>;
}

/** Writing, inside one transaction. Inserts say whether they changed anything: that answer decides about effects. */
export interface SocialWrites {
  insertAccount(account: AccountProfile & { id: AccountId }): Promise<boolean>;
  /** Inserts or refreshes a remote account by uri; a fresh id is used only on insert. */
  upsertRemoteAccount(profile: AccountProfile, freshId: AccountId): Promise<Account>;
  updateAccount(id: AccountId, change: AccountChange): Promise<void>;
  /** Turns the row into a tombstone and drops ties, statuses and favourites of the account. */
  deleteAccount(id: AccountId): Promise<void>;

  /**
   * Null when the uri, or this boost, exists already, when the uri has a tombstone, or when the boosted status is
   * gone. Else the id under which it stands: a remote one's may differ from the one given, since ids of the past
   * have random low bits and can be taken. Counters of author, parent and boosted status move with it. A parent
   * that is known only by `inReplyToUri` is looked up again, so that parent and reply may arrive at once.
   */
  insertStatus(status: NewStatus): Promise<StatusId | null>;
  /** Rewrites content and mentions; keeps the former text as an edit. False when not newer than what is stored. */
  editStatus(statusId: StatusId, edit: StatusEdit): Promise<boolean>;
  /** Counters moved back, content blanked, `deletedAt` set. False when it was deleted already. Boosts of it go too. */
  deleteStatus(statusId: StatusId): Promise<{ deleted: boolean; boostIds: StatusId[] }>;
  /** Statuses that waited for this uri as their parent are tied to it. */
  adoptOrphans(parentUri: string, parent: { id: StatusId; accountId: AccountId }): Promise<number>;
  insertFavourite(tie: { id: Snowflake; accountId: AccountId; statusId: StatusId; uri: string | null }): Promise<boolean>;
  deleteFavourite(accountId: AccountId, statusId: StatusId): Promise<{ id: Snowflake } | null>;
  insertBookmark(tie: { id: Snowflake; accountId: AccountId; statusId: StatusId }): Promise<boolean>;
  deleteBookmark(accountId: AccountId, statusId: StatusId): Promise<boolean>;
  /** Keeps the uri from coming (back) to life. Call it first and look the object up after it, not before. */
  addTombstone(uri: string, actorUri: string): Promise<void>;

  /** The lasting answer of an Idempotency-Key: null when this call took the key. Kept an hour. */
  claimIdempotencyKey(accountId: AccountId, key: string, statusId: StatusId): Promise<StatusId | null>;

  insertFollow(tie: FollowTie): Promise<boolean>;
  updateFollow(accountId: AccountId, targetId: AccountId, options: Partial<FollowOptions> & { uri?: string }): Promise<void>;
  deleteFollow(accountId: AccountId, targetId: AccountId): Promise<FollowTie | null>;
  insertFollowRequest(tie: FollowTie): Promise<boolean>;
  updateFollowRequest(accountId: AccountId, targetId: AccountId, change: { uri: string }): Promise<void>;
  deleteFollowRequest(accountId: AccountId, targetId: AccountId): Promise<FollowTie | null>;
  insertBlock(tie: Tie): Promise<boolean>;
  deleteBlock(accountId: AccountId, targetId: AccountId): Promise<Tie | null>;
  insertMute(mute: { id: Snowflake; accountId: AccountId; targetId: AccountId; hideNotifications: boolean; expiresAt: Date | null }): Promise<void>;
  deleteMute(accountId: AccountId, targetId: AccountId): Promise<boolean>;

  /** Into the events table, published after the commit, at least once. */
  appendEvent<C extends EventContract>(contract: C, payload: Omit<EventOf<C>, 'eventId'>): Promise<void>;
}

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
  > & { fields: readonly ProfileField[] }
>;

/** What a transaction offers: it sees its own writes. */
export type SocialTransaction = SocialReads & SocialWrites;

export interface SocialStore extends SocialReads {
  /** Runs `work` in one transaction, retried by the adapter on serialisation failure and deadlock. */
  transaction<T>(work: (tx: SocialTransaction) => Promise<T>): Promise<T>;
}

export interface IdSource {
  next(): Snowflake;
  /** For remote statuses: carries min(published, now). */
  at(unixMs: number): Snowflake;
}

/**
 * Home feeds in Redis: rebuildable, only for active people. While Redis is away every method throws an error
 * whose `code` is `redis_unavailable`.
 */
export interface HomeFeeds {
  /** Pushes to feeds that exist, each entry once; returns how many took it. */
  push(accountIds: readonly AccountId[], entry: FeedEntry): Promise<number>;
  remove(accountIds: readonly AccountId[], statusIds: readonly StatusId[]): Promise<void>;
  /** Adds entries to one feed, if it exists (a follow's backfill). */
  merge(accountId: AccountId, entries: readonly FeedEntry[]): Promise<void>;
  removeAuthor(accountId: AccountId, authorId: AccountId): Promise<void>;
  /** null: there is no feed, or it was opened and never filled; build it. */
  read(accountId: AccountId): Promise<FeedEntry[] | null>;
  /** Lets pushes land from now on, while the feed is being filled; it reads as null until then. */
  open(accountId: AccountId): Promise<void>;
  /** Adds what Postgres knows to an opened feed, drops doubles and marks it as complete. */
  fill(accountId: AccountId, entries: readonly FeedEntry[]): Promise<void>;
  /** Which of these accounts have a feed, i.e. read it lately. */
  existing(accountIds: readonly AccountId[]): Promise<Set<AccountId>>;
  drop(accountId: AccountId): Promise<void>;
}

export interface NewNotification {
  readonly id: Snowflake;
  readonly accountId: AccountId;
  readonly type: NotificationType;
  readonly fromAccountId: AccountId;
  readonly statusId: StatusId | null;
  readonly reportId: Snowflake | null;
  /** Names the fact: the same fact notifies once, whatever is delivered twice. */
  readonly fact: string;
}

export interface NotificationStore {
  /** Those that are new, in the order given. */
  insert(notifications: readonly NewNotification[]): Promise<Notification[]>;
  page(query: {
    accountId: AccountId;
    page: PageQuery;
    types: readonly NotificationType[] | null;
    excludeTypes: readonly NotificationType[];
    fromAccountId?: AccountId;
  }): Promise<Notification[]>;
  byIds(accountId: AccountId, ids: readonly Snowflake[]): Promise<Notification[]>;
  dismiss(accountId: AccountId, ids: readonly Snowflake[] | 'all'): Promise<void>;
  unreadCount(accountId: AccountId, limit: number): Promise<number>;
}

export interface MarkerRow {
  readonly timeline: 'home' | 'notifications';
  readonly lastReadId: Snowflake;
  readonly version: number;
  readonly updatedAt: Date;
}

export interface MarkerStore {
  get(accountId: AccountId, timelines: readonly MarkerRow['timeline'][]): Promise<MarkerRow[]>;
  set(accountId: AccountId, timeline: MarkerRow['timeline'], lastReadId: Snowflake): Promise<MarkerRow>;
}

/** Live traffic: at most once. */
export interface LivePort {
  toUsers(accountIds: readonly AccountId[], message: LiveUserMessage): void;
  toPublic(message: LivePublicMessage): void;
  killed(accountId: AccountId): void;
  rulesChanged(): void;
  deliveriesPlanned(): void;
}

/** The moderation rules of this process. Never asks anyone: always the newest snapshot it has. */
export interface PolicyPort {
  current(): PolicySnapshot;
}

export interface ReportStore {
  insert(report: Omit<Report, 'createdAt' | 'updatedAt' | 'actionTakenAt' | 'actionTakenByAccountId' | 'assignedAccountId'>): Promise<void>;
  byIds(ids: readonly Snowflake[]): Promise<Report[]>;
}

/** Reading from other servers. All limits and address checks are the adapter's. */
export interface RemoteDocuments {
  /** An ActivityPub object by id; verified that the id is the place it was found at. */
  fetchObject(uri: string): Promise<Result<{ uri: string; json: unknown }, { code: string }>>;
  /** Handle → actor id, WebFinger checked in both directions by `verifyHandle`. */
  webfinger(handle: { username: string; domain: string }): Promise<Result<{ subject: string; actorUri: string }, { code: string }>>;
}

export interface SocialSettings {
  /** `https://social.example` without a slash at the end. */
  readonly baseUrl: string;
  readonly localDomain: string;
  readonly webDomain: string;
  /** `host:port` of peers in development, whose handles may carry a port. */
  readonly federationHttpHosts: readonly string[];
}

/** What use cases are given. */
export interface SocialPorts {
  readonly store: SocialStore;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly policy: PolicyPort;
  readonly remote: RemoteDocuments;
  readonly settings: SocialSettings;
}
