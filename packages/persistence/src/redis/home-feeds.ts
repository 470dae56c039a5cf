import { FEED_ENTRIES_MAX, formatFeedEntry, parseFeedEntry, type FeedEntry } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { HomeFeeds } from '@trunkline/social';
import type { Redis } from './connect-redis.js';
import { COMPLETE } from './feed-scripts.js';

/** Entries above the cap before a list is trimmed: trimming at each push would double its cost. */
const TRIM_SLACK = 50;
/** Keys a script call handles: more would stall everybody else's reads. */
const KEYS_PER_CALL = 500;
/** Taking entries out reads whole lists, which a push does not. */
const KEYS_PER_REMOVAL = 50;
/** Entries among which a redelivered one is looked for; looking through all 800 costs several times the push. */
const DEDUPE_WINDOW = 64;
const BUCKETS = 64n;
/** Below it an id holds worker and sequence, which are alike for all who signed up one by one. */
const ID_TIME_SHIFT = 16n;

/** Home feeds as Redis lists; see the port for what each method promises. */
export class RedisHomeFeeds implements HomeFeeds {
  private readonly ttlSeconds: string;

  constructor(
    private readonly redis: Redis,
    /** Days after the last read until a feed is forgotten (USER_ACTIVE_DAYS). */
    activeDays: number,
    private readonly onFilled: () => void = () => undefined,
  ) {
    this.ttlSeconds = String(Math.max(1, Math.round(activeDays * 86_400)));
  }

  async push(accountIds: readonly AccountId[], entry: FeedEntry): Promise<number> {
    const args = [formatFeedEntry(entry), String(FEED_ENTRIES_MAX), String(TRIM_SLACK), String(DEDUPE_WINDOW)];
    const taken = await this.inCalls(accountIds, (keys) => this.redis.run((client) => client.feedPush(keys, args)));
    return taken.reduce<number>((sum, count) => sum + Number(count), 0);
  }

  async remove(accountIds: readonly AccountId[], statusIds: readonly StatusId[]): Promise<void> {
    if (statusIds.length === 0) return;
    const args = ['status', ...statusIds];
    await this.inCalls(accountIds, (keys) => this.redis.run((client) => client.feedRemove(keys, args)), KEYS_PER_REMOVAL);
  }

  async removeAuthor(accountId: AccountId, authorId: AccountId): Promise<void> {
    await this.redis.run((client) => client.feedRemove([this.key(accountId)], ['author', authorId]));
  }

  async merge(accountId: AccountId, entries: readonly FeedEntry[]): Promise<void> {
    await this.rewrite(accountId, entries, '0');
  }

  async fill(accountId: AccountId, entries: readonly FeedEntry[]): Promise<void> {
    await this.rewrite(accountId, entries, '1');
    this.onFilled();
  }

  async read(accountId: AccountId): Promise<FeedEntry[] | null> {
    const lines = (await this.redis.run((client) => client.feedRead([this.key(accountId)], [this.ttlSeconds]))) as string[];
    if (lines.length === 0) return null;
    // An entry that came again after many others stands twice in the list.
    return [...new Set(lines)].flatMap((line) => {
      const entry = line === COMPLETE ? null : parseFeedEntry(line);
      return entry === null ? [] : [entry];
    });
  }

  async open(accountId: AccountId): Promise<void> {
    await this.redis.run((client) => client.feedOpen([this.key(accountId)], [this.ttlSeconds]));
  }

  async existing(accountIds: readonly AccountId[]): Promise<Set<AccountId>> {
    const found = await this.inCalls(accountIds, (keys) => this.redis.run((client) => client.feedExisting(keys, [])));
    const flags = found.flatMap((reply) => reply as number[]);
    return new Set(accountIds.filter((_, index) => flags[index] === 1));
  }

  async drop(accountId: AccountId): Promise<void> {
    await this.redis.run((client) => client.del(this.key(accountId)));
  }

  private async rewrite(accountId: AccountId, entries: readonly FeedEntry[], complete: '0' | '1'): Promise<void> {
    const args = [String(FEED_ENTRIES_MAX), this.ttlSeconds, complete, ...entries.slice(0, FEED_ENTRIES_MAX).map(formatFeedEntry)];
    await this.redis.run((client) => client.feedRewrite([this.key(accountId)], args));
  }

  private async inCalls(accountIds: readonly AccountId[], call: (keys: string[]) => Promise<unknown>, keysPerCall = KEYS_PER_CALL): Promise<unknown[]> {
    const replies: unknown[] = [];
    for (let from = 0; from < accountIds.length; from += keysPerCall) {
      replies.push(await call(accountIds.slice(from, from + keysPerCall).map((id) => this.key(id))));
    }
    return replies;
  }

  /** The hash tag keeps a bucket in one slot, so that on a cluster a call can be made per bucket. */
  private key(accountId: AccountId): string {
    return `${this.redis.prefix}feed:{b${(BigInt(accountId) >> ID_TIME_SHIFT) % BUCKETS}}:${accountId}`;
  }
}
