import { FEED_ENTRIES_MAX, type FeedEntry } from '@trunkline/domain';
import { newestFirst, type AccountId, type StatusId } from '@trunkline/kernel';
import type { HomeFeeds } from '@trunkline/social';

/** Home feeds without Redis, for tests of use cases; passes the same suite as the real ones. */
export class InMemoryFeeds implements HomeFeeds {
  private readonly feeds = new Map<AccountId, { entries: FeedEntry[]; filling: boolean }>();

  push(accountIds: readonly AccountId[], entry: FeedEntry): Promise<number> {
    let taken = 0;
    for (const id of accountIds) {
      const feed = this.feeds.get(id);
      if (feed === undefined || feed.entries.some((known) => known.statusId === entry.statusId)) continue;
      feed.entries = [entry, ...feed.entries].slice(0, FEED_ENTRIES_MAX);
      taken += 1;
    }
    return Promise.resolve(taken);
  }

  remove(accountIds: readonly AccountId[], statusIds: readonly StatusId[]): Promise<void> {
    for (const id of accountIds) this.keep(id, (entry) => !statusIds.includes(entry.statusId));
    return Promise.resolve();
  }

  removeAuthor(accountId: AccountId, authorId: AccountId): Promise<void> {
    this.keep(accountId, (entry) => entry.authorId !== authorId);
    return Promise.resolve();
  }

  merge(accountId: AccountId, entries: readonly FeedEntry[]): Promise<void> {
    const feed = this.feeds.get(accountId);
    if (feed === undefined) return Promise.resolve();
    const all = new Map([...feed.entries, ...entries].map((entry) => [entry.statusId, entry]));
    feed.entries = [...all.values()].sort((a, b) => newestFirst(a.statusId, b.statusId)).slice(0, FEED_ENTRIES_MAX);
    return Promise.resolve();
  }

  async fill(accountId: AccountId, entries: readonly FeedEntry[]): Promise<void> {
    await this.merge(accountId, entries);
    const feed = this.feeds.get(accountId);
    if (feed !== undefined) feed.filling = false;
  }

  read(accountId: AccountId): Promise<FeedEntry[] | null> {
    const feed = this.feeds.get(accountId);
    return Promise.resolve(feed === undefined || feed.filling ? null : [...feed.entries]);
  }

  open(accountId: AccountId): Promise<void> {
    if (!this.feeds.has(accountId)) this.feeds.set(accountId, { entries: [], filling: true });
    return Promise.resolve();
  }

  existing(accountIds: readonly AccountId[]): Promise<Set<AccountId>> {
    return Promise.resolve(new Set(accountIds.filter((id) => this.feeds.has(id))));
  }

  drop(accountId: AccountId): Promise<void> {
    this.feeds.delete(accountId);
    return Promise.resolve();
  }

  private keep(accountId: AccountId, wanted: (entry: FeedEntry) => boolean): void {
    const feed = this.feeds.get(accountId);
    if (feed !== undefined) feed.entries = feed.entries.filter(wanted);
  }
}
