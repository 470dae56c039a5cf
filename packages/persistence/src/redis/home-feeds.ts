import { randomInt, randomUUID } from 'node:crypto';
import { FEED_ENTRIES_MAX } from '@trunkline/domain';
import { newestFirst, type AccountId, type StatusId } from '@trunkline/kernel';
import type { FeedClaim, FeedContents, HomeFeeds, KnownFeed } from '@trunkline/social';
import type { Redis } from './connect-redis.js';
import { LATE } from './feed-scripts.js';

/** Entries above the cap before a list is trimmed: trimming at each push would double its cost. */
const TRIM_SLACK = 50;
/** Keys a script call handles: more would stall everybody else's reads. */
const KEYS_PER_CALL = 500;
/** Taking entries out looks through lists, which a push does not. */
const KEYS_PER_REMOVAL = 50;
/** Entries among which a redelivered one is looked for; looking through all 800 costs several times the push. */
const DEDUPE_WINDOW = 64;
/** A prime: ids of people who signed up one by one are alike in their lowest bits. */
const BUCKETS = 61;
/** How long whoever fills a feed may take; then another may. */
const LOCK_MS = 10_000;

/** `randomInt` makes no greater ones. */
const MARKS_MAX = 2 ** 48 - 1;

const CAP = String(FEED_ENTRIES_MAX);

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

  async push(accountIds: readonly AccountId[], statusId: StatusId, how: { again?: boolean; late?: boolean } = {}): Promise<number> {
    const args = [statusId, CAP, String(TRIM_SLACK), how.again === true ? String(DEDUPE_WINDOW) : '0', how.late === true ? LATE : ''];
    let taken = 0;
    for (let from = 0; from < accountIds.length; from += KEYS_PER_CALL) {
      const keys = accountIds.slice(from, from + KEYS_PER_CALL).map(this.key);
      const count = await this.redis.run((client) => client.feedPush(keys, args));
      taken += Number(count);
    }
    return taken;
  }

  async remove(accountIds: readonly AccountId[], statusIds: readonly StatusId[]): Promise<void> {
    if (statusIds.length === 0) return;
    const args = [newMark(), ...statusIds];
    for (let from = 0; from < accountIds.length; from += KEYS_PER_REMOVAL) {
      const keys = accountIds.slice(from, from + KEYS_PER_REMOVAL).map(this.key);
      await this.redis.run((client) => client.feedRemove(keys, args));
    }
  }

  async read(accountId: AccountId, most = 2 * FEED_ENTRIES_MAX): Promise<FeedContents | null> {
    const contents = await this.look(accountId, most, null);
    return contents === 'same' ? null : contents;
  }

  async look(accountId: AccountId, most: number, known: KnownFeed | null): Promise<FeedContents | 'same' | null> {
    const [key, stale] = this.keysOf(accountId);
    // What arrived late counts for as long as it is among the last: whoever knows it by its print alone cannot tell.
    const before = known?.hasLate === true ? null : known;
    const reply = await this.redis.run((client) => client.feedRead([key, stale], [this.ttlSeconds, String(most), before?.print ?? '']));
    return reply === 1 ? 'same' : contentsOf(reply as ReadReply, most, before);
  }

  async claim(accountId: AccountId): Promise<FeedClaim | null> {
    const token = randomUUID();
    const reasons = await this.redis.run((client) => client.feedClaim(this.keysOf(accountId), [this.ttlSeconds, String(LOCK_MS), token]));
    return reasons === null ? null : { token, reasons: String(reasons) };
  }

  async fill(accountId: AccountId, statusIds: readonly StatusId[], claim: FeedClaim): Promise<void> {
    const args = [CAP, this.ttlSeconds, claim.token, claim.reasons, newMark(), ...statusIds.slice(0, FEED_ENTRIES_MAX)];
    await this.redis.run((client) => client.feedFill(this.keysOf(accountId), args));
    this.onFilled();
  }

  async renew(accountId: AccountId): Promise<void> {
    const [key, stale] = this.keysOf(accountId);
    await this.redis.run((client) => client.feedRenew([key, stale], [this.ttlSeconds]));
  }

  async drop(accountId: AccountId): Promise<void> {
    await this.redis.run((client) => client.del(this.keysOf(accountId)));
  }

  private keysOf(accountId: AccountId): [string, string, string] {
    const key = this.key(accountId);
    return [key, `${key}:stale`, `${key}:lock`];
  }

  /**
   * The hash tag keeps a bucket in one slot, so that on a cluster a call can be made per bucket. `feed2`: lists of ids
   * alone; older copies keep lists of another form under `feed`, which run out by themselves.
   */
  private readonly key = (accountId: AccountId): string => `${this.redis.prefix}feed2:{b${bucketOf(accountId)}}:${accountId}`;
}

type ReadReply = [filling?: number, stale?: number, print?: string, told?: number, entries?: string];

/** `known`: what the told entries, if fewer than asked for, were pushed on. */
function contentsOf([filling, stale, print = '', told = 0, entries]: ReadReply, most: number, known: KnownFeed | null): FeedContents | null {
  if (entries === undefined) return null;
  const list = entries.split(',');
  const before = told < most ? known : null;
  const ids = list.filter((entry) => !entry.startsWith('-')) as StatusId[];
  if (before !== null) ids.push(...before.ids);
  if (ids.some((id, at) => newestFirst(ids[at - 1] ?? id, id) > 0)) ids.sort(newestFirst);
  // What was delivered again after many others stands twice in the list.
  const once = ids.filter((id, at) => id !== ids[at - 1]);
  const isWhole = before === null ? Number(print.split(' ')[1]) <= list.length : before.isWhole && once.length <= most;
  return {
    state: filling === 1 ? 'filling' : stale === 1 ? 'stale' : 'complete',
    ids: once.length > most ? once.slice(0, most) : once,
    isWhole,
    hasLate: list.includes(LATE),
    print,
  };
}

/** Of a complete feed; -1 to -9 are marks that say something. */
const newMark = (): string => `-${randomInt(10, MARKS_MAX)}`;

/** From the last four digits, without making a number of them: asked for each follower of each post. */
function bucketOf(accountId: AccountId): number {
  let sum = 0;
  for (let at = Math.max(0, accountId.length - 4); at < accountId.length; at += 1) sum = sum * 10 + accountId.charCodeAt(at) - 48;
  return sum % BUCKETS;
}
