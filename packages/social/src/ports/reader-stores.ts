import type { Notification, NotificationType, Report } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { PageQuery } from './store-rows.js';

/** What stands in a home feed. */
export interface FeedContents {
  /** `filling`: opened, and what stood before is not in it yet. `stale`: something happened for which Postgres has to be asked again. */
  readonly state: 'complete' | 'stale' | 'filling';
  /** Each once, newest first. */
  readonly ids: readonly StatusId[];
  /** False: others arrived before those. */
  readonly isWhole: boolean;
  /** Whether one of those arrived long after its id was made, so that ids above it may have arrived before. */
  readonly hasLate: boolean;
  /** What the whole feed can be known by again. */
  readonly print: string;
}

/** What a complete feed was when it was last looked at. */
export type KnownFeed = Pick<FeedContents, 'ids' | 'isWhole' | 'hasLate' | 'print'>;

/** Who holds it fills a feed. */
export interface FeedClaim {
  readonly token: string;
  /** What was known to have happened before; it is done with when the feed is filled. */
  readonly reasons: string;
}

/**
 * Home feeds in Redis: rebuildable, only for active people. While Redis is away every method throws an error
 * whose `code` is `redis_unavailable`.
 */
export interface HomeFeeds {
  /**
   * Pushes to feeds that exist; returns how many took it. `again`: may have been pushed before, look before each push.
   * `late`: its id was made long ago.
   */
  push(accountIds: readonly AccountId[], statusId: StatusId, how?: { readonly again?: boolean; readonly late?: boolean }): Promise<number>;
  remove(accountIds: readonly AccountId[], statusIds: readonly StatusId[]): Promise<void>;
  /** The last `most` (all, unless told) to arrive; null: there is no feed. Keeps the feed alive. */
  read(accountId: AccountId, most?: number): Promise<FeedContents | null>;
  /**
   * The same, for whoever looked before, for as many or more, and found it complete. `'same'`: it still is, and nothing
   * came or went since.
   */
  look(accountId: AccountId, most: number, known: KnownFeed | null): Promise<FeedContents | 'same' | null>;
  /**
   * Lets one caller at a time fill a feed; null: another is at it. Where there is no feed, one is opened: pushes land
   * from now on. Ends by itself after some seconds.
   */
  claim(accountId: AccountId): Promise<FeedClaim | null>;
  /** Adds what Postgres knows to a claimed feed, drops doubles and marks it as complete. */
  fill(accountId: AccountId, statusIds: readonly StatusId[], claim: FeedClaim): Promise<void>;
  /** Has Postgres asked again at the next read, where there is a feed: something may show that did not before. */
  renew(accountId: AccountId): Promise<void>;
  drop(accountId: AccountId): Promise<void>;
}

export interface Author {
  readonly id: AccountId;
  /** All that are known of, also elsewhere. */
  readonly followersCount: number;
}

/** Bounds are exclusive; `minId` asks for what lies just above it. */
export interface PulledPage {
  readonly maxId: StatusId | null;
  readonly minId: StatusId | null;
  readonly limit: number;
}

export interface PulledIds {
  /** In the direction asked for. */
  readonly ids: readonly StatusId[];
  /** How far they reach; null: there is nothing beyond. */
  readonly edge: StatusId | null;
}

/**
 * Authors with so many followers here that their posts are not pushed to feeds: whoever reads looks them up. Once one
 * of them, always one: what was published meanwhile stands in no feed.
 */
export interface PulledAuthors {
  /** Whether there are any. Asks nobody, but for a look every few seconds. */
  any(): Promise<boolean>;
  /** Those of them who are pulled, and are known to be in every copy within seconds. */
  among(authors: readonly Author[]): Promise<Set<AccountId>>;
  /** What those whom somebody follows published. Rules for single statuses have not been asked. */
  page(readerId: AccountId, page: PulledPage): Promise<PulledIds>;
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
  /** Facts that are no more: what was told of them is taken back, and what was not yet told never will be. */
  withdraw(notifications: readonly NewNotification[]): Promise<void>;
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

export interface ReportStore {
  insert(report: Omit<Report, 'createdAt' | 'updatedAt' | 'actionTakenAt' | 'actionTakenByAccountId' | 'assignedAccountId'>): Promise<void>;
  byIds(ids: readonly Snowflake[]): Promise<Report[]>;
}
