import type { FeedEntry, Notification, NotificationType, Report } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { PageQuery } from './store-rows.js';

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
