import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { feedKeys, listLengths, statusIdsOf } from '../harness/feed-keys.js';
import { openRedis, type RedisClient } from '../harness/redis-client.js';
import { serveTasks } from '../harness/worker-process.js';
import { OwedFeeds, type Due } from './owed-feeds.js';

const EVERY_MS = 10;
/** All feeds are looked at this often, whatever is due in them. */
const ALL_EVERY_MS = 500;
/** Entries that may come to a feed between the look at its length and the look at its newest entries. */
const BETWEEN_MAX = 50;

/**
 * Notes when each post stands in the feeds of some people. It asks for the lengths of those feeds at once, every few milliseconds, in
 * which something is due (of all, when nobody said what will come), and for the new entries of those that grew: reading whole feeds as a reader
 * does would take as much of the machine as the server that is watched. What stands twice in a list is shown once, so doubles are counted in the lists.
 * In a process of its own: it holds little, so that no collection of garbage makes it look late, which would count as the server's delay.
 */
class FeedWatch {
  /** When each status was seen in each watched feed, milliseconds of the epoch. */
  private readonly seen = new Map<StatusId, Map<AccountId, number>>();
  private readonly lengths: number[];
  private watching: Promise<void> | null = null;
  private isOver = false;
  private owed: OwedFeeds | null = null;
  private allMs = -Infinity;

  private constructor(
    private readonly redis: RedisClient,
    private readonly feeds: readonly (readonly [AccountId, string])[],
  ) {
    this.lengths = feeds.map(() => 0);
  }

  /** @throws Error when one of them has no feed */
  static async of(redis: RedisClient, accountIds: readonly AccountId[]): Promise<FeedWatch> {
    const keys = await feedKeys(redis);
    return new FeedWatch(
      redis,
      accountIds.map((id) => {
        const key = keys.get(id);
        if (key === undefined) throw new Error(`${id} has no feed`);
        return [id, key] as const;
      }),
    );
  }

  start(): void {
    this.watching = this.watch();
    // Told by `stop`; a study that failed closes what is watched, and says of what it failed.
    this.watching.catch(() => undefined);
  }

  /** What will come, and when. */
  expect(dues: readonly Due[]): void {
    this.owed = new OwedFeeds(dues);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.watching;
  }

  /** When the last feed that has each was seen with it; null: none was. */
  lastSeen(statusIds: readonly StatusId[]): (number | null)[] {
    return statusIds.map((id) => {
      const times = this.seen.get(id);
      return times === undefined ? null : Math.max(...times.values());
    });
  }

  /** Posts that stand twice in one feed. */
  async doubles(): Promise<number> {
    let count = 0;
    for (const [, key] of this.feeds) {
      const ids = statusIdsOf(await this.redis.sendCommand<string[]>(['LRANGE', key, '0', '-1']));
      count += ids.length - new Set(ids).size;
    }
    return count;
  }

  private async watch(): Promise<void> {
    while (!this.isOver) {
      await this.look();
      await sleep(EVERY_MS);
    }
  }

  private async look(): Promise<void> {
    const places = this.placesAt(performance.timeOrigin + performance.now());
    if (places.length === 0) return;
    const lengths = await listLengths(this.redis, places.map((place) => this.feeds[place]?.[1] ?? ''));
    const nowMs = performance.timeOrigin + performance.now();
    const grown = places.flatMap((place, index) => {
      const by = (lengths[index] ?? 0) - (this.lengths[place] ?? 0);
      this.lengths[place] = lengths[index] ?? 0;
      const [accountId, key] = this.feeds[place] ?? [];
      if (by <= 0 || accountId === undefined || key === undefined) return [];
      this.owed?.got(place, by);
      return [{ accountId, key, by }];
    });
    await Promise.all(grown.map((feed) => this.note(feed, nowMs)));
  }

  private placesAt(nowMs: number): readonly number[] {
    const owed = this.owed?.at(nowMs);
    if (owed !== undefined && nowMs - this.allMs < ALL_EVERY_MS) return owed;
    this.allMs = nowMs;
    return this.feeds.map((_, place) => place);
  }

  /** What comes between the two looks is ahead of what is looked for: then the next look finds it again, which changes nothing. */
  private async note({ accountId, key, by }: { readonly accountId: AccountId; readonly key: string; readonly by: number }, nowMs: number): Promise<void> {
    const newest = await this.redis.sendCommand<string[]>(['LRANGE', key, '0', String(by + BETWEEN_MAX - 1)]);
    for (const statusId of statusIdsOf(newest) as StatusId[]) {
      const times = this.seen.get(statusId) ?? new Map<AccountId, number>();
      if (!times.has(accountId)) times.set(accountId, nowMs);
      this.seen.set(statusId, times);
    }
  }
}

let watch: FeedWatch | null = null;

function watched(): FeedWatch {
  if (watch === null) throw new Error('nothing is watched');
  return watch;
}

async function begin({ redisUrl, accountIds }: { readonly redisUrl: string; readonly accountIds: readonly AccountId[] }): Promise<void> {
  watch = await FeedWatch.of(await openRedis(redisUrl), accountIds);
  watch.start();
}

const expect = ({ dues }: { readonly dues: readonly Due[] }): void => watched().expect(dues);

const lastSeen = ({ statusIds }: { readonly statusIds: readonly StatusId[] }): (number | null)[] => watched().lastSeen(statusIds);

/** @returns entries that stand twice in one feed */
async function end(): Promise<number> {
  await watched().stop();
  return watched().doubles();
}

/** Looks at feeds while others fill them. */
export const serve = (): void => serveTasks({ begin, expect, lastSeen, end });
