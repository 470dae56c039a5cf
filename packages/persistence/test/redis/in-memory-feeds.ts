import { FEED_ENTRIES_MAX } from '@trunkline/domain';
import { newestFirst, type AccountId, type StatusId } from '@trunkline/kernel';
import type { FeedClaim, FeedContents, HomeFeeds, KnownFeed } from '@trunkline/social';

interface Feed {
  entries: { readonly id: StatusId; readonly late: boolean }[];
  filling: boolean;
  reasons: number;
  print: string;
}

/** Home feeds without Redis, for tests of use cases; passes the same suite as the real ones. */
export class InMemoryFeeds implements HomeFeeds {
  private readonly feeds = new Map<AccountId, Feed>();
  private readonly locks = new Map<AccountId, string>();
  private serial = 0;

  push(accountIds: readonly AccountId[], statusId: StatusId, how: { again?: boolean; late?: boolean } = {}): Promise<number> {
    let taken = 0;
    for (const accountId of accountIds) {
      const feed = this.feeds.get(accountId);
      if (feed === undefined || (how.again === true && feed.entries.some(({ id }) => id === statusId))) continue;
      feed.entries = [{ id: statusId, late: how.late === true }, ...feed.entries].slice(0, FEED_ENTRIES_MAX);
      feed.print = this.next();
      taken += 1;
    }
    return Promise.resolve(taken);
  }

  remove(accountIds: readonly AccountId[], statusIds: readonly StatusId[]): Promise<void> {
    for (const accountId of accountIds) {
      const feed = this.feeds.get(accountId);
      if (feed === undefined) continue;
      feed.entries = feed.entries.filter(({ id }) => !statusIds.includes(id));
      feed.print = this.next();
    }
    return Promise.resolve();
  }

  async read(accountId: AccountId, most = 2 * FEED_ENTRIES_MAX): Promise<FeedContents | null> {
    const contents = await this.look(accountId, most, null);
    return contents === 'same' ? null : contents;
  }

  look(accountId: AccountId, most: number, known: KnownFeed | null): Promise<FeedContents | 'same' | null> {
    const feed = this.feeds.get(accountId);
    if (feed === undefined) return Promise.resolve(null);
    const state = feed.filling ? 'filling' : feed.reasons > 0 ? 'stale' : 'complete';
    if (state === 'complete' && feed.print === known?.print) return Promise.resolve('same');
    const part = feed.entries.slice(0, most);
    return Promise.resolve({
      state,
      ids: [...new Set(part.map(({ id }) => id))].sort(newestFirst),
      isWhole: part.length === feed.entries.length,
      hasLate: part.some(({ late }) => late),
      print: feed.print,
    });
  }

  claim(accountId: AccountId): Promise<FeedClaim | null> {
    if (this.locks.has(accountId)) return Promise.resolve(null);
    const token = this.next();
    this.locks.set(accountId, token);
    const feed = this.feeds.get(accountId) ?? { entries: [], filling: true, reasons: 0, print: this.next() };
    this.feeds.set(accountId, feed);
    return Promise.resolve({ token, reasons: String(feed.reasons) });
  }

  fill(accountId: AccountId, statusIds: readonly StatusId[], claim: FeedClaim): Promise<void> {
    if (this.locks.get(accountId) === claim.token) this.locks.delete(accountId);
    const feed = this.feeds.get(accountId);
    if (feed === undefined) return Promise.resolve();
    const all = new Set([...feed.entries.map(({ id }) => id), ...statusIds]);
    feed.entries = [...all].sort(newestFirst).slice(0, FEED_ENTRIES_MAX).map((id) => ({ id, late: false }));
    feed.filling = false;
    feed.print = this.next();
    if (String(feed.reasons) === claim.reasons) feed.reasons = 0;
    return Promise.resolve();
  }

  renew(accountId: AccountId): Promise<void> {
    const feed = this.feeds.get(accountId);
    if (feed !== undefined) feed.reasons += 1;
    return Promise.resolve();
  }

  drop(accountId: AccountId): Promise<void> {
    this.feeds.delete(accountId);
    this.locks.delete(accountId);
    return Promise.resolve();
  }

  private next(): string {
    return String((this.serial += 1));
  }
}
