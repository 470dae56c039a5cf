import type { List } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { Entry, PageQuery } from './store-rows.js';

/** What may be said of a list. */
export type ListChange = Partial<Pick<List, 'title' | 'repliesPolicy' | 'exclusive'>>;

/** `not_followed`: one of them its owner neither follows nor asks to. `taken`: one of them is a member, or waits to be one. */
export type ListAdding = 'added' | 'not_followed' | 'taken' | 'too_many';

/** Lists of people. What is not the account's is not found. */
export interface ListStore {
  /** All of an account, the oldest first. */
  ofAccount(accountId: AccountId): Promise<List[]>;
  find(accountId: AccountId, listId: Snowflake): Promise<List | null>;
  /** Those of an account in which somebody is, or will be once the follow is accepted. */
  holding(accountId: AccountId, memberId: AccountId): Promise<List[]>;
  /** False: it has as many as it may. */
  create(list: List): Promise<boolean>;
  update(accountId: AccountId, listId: Snowflake, change: ListChange): Promise<List | null>;
  remove(accountId: AccountId, listId: Snowflake): Promise<boolean>;
  /** All of them or none. Whom the owner only asks to follow is a member once that is accepted. */
  add(list: List, members: readonly { readonly id: Snowflake; readonly accountId: AccountId }[]): Promise<ListAdding>;
  take(list: List, memberIds: readonly AccountId[]): Promise<void>;
  /** Those who wait to be one among them. */
  members(listId: Snowflake, page: PageQuery): Promise<Entry<AccountId>[]>;
  /** Statuses of members, newest first. Rules for single statuses have not been asked. */
  statusIds(list: List, page: PageQuery): Promise<StatusId[]>;
  /** The lists that there are, and who of the people asked about is in each. */
  among(listIds: readonly Snowflake[], people: readonly AccountId[]): Promise<ReadonlyMap<Snowflake, ListAmong>>;
}

export interface ListAmong {
  readonly list: List;
  readonly members: ReadonlySet<AccountId>;
}
