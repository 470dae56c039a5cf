import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { fedStatusIds, feedKeys, listLengths, statusIdsOf } from '../harness/feed-keys.js';
import type { RedisClient } from '../harness/redis-client.js';
import type { Stage } from '../harness/stage.js';

const EVERY_MS = 5;

/**
 * Notes when each post stands in the feeds of some people. It asks for the lengths of all their feeds at once, every
 * few milliseconds, and reads those that changed as a reader's request would: cheap enough to watch hundreds.
 */
export class FeedWatch {
  /** When each status was seen in each watched feed, milliseconds of the epoch. */
  readonly seen = new Map<StatusId, Map<AccountId, number>>();
  private readonly lengths: number[];
  private watching: Promise<void> | null = null;
  private isOver = false;

  private constructor(
    private readonly stage: Stage,
    private readonly redis: RedisClient,
    private readonly feeds: readonly (readonly [AccountId, string])[],
  ) {
    this.lengths = feeds.map(() => 0);
  }

  /** @throws Error when one of them has no feed */
  static async of(stage: Stage, redis: RedisClient, accountIds: readonly AccountId[]): Promise<FeedWatch> {
    const keys = await feedKeys(redis);
    return new FeedWatch(
      stage,
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
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.watching;
  }

  /** Posts that stand twice in one feed. A feed drops doubles when it is read, so the list itself is looked at. */
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
    const lengths = await listLengths(this.redis, this.feeds.map(([, key]) => key));
    const nowMs = performance.timeOrigin + performance.now();
    const changed = this.feeds.filter((_, index) => lengths[index] !== this.lengths[index]);
    for (const [index, length] of lengths.entries()) this.lengths[index] = length;
    await Promise.all(changed.map(([id]) => this.note(id, nowMs)));
  }

  private async note(accountId: AccountId, nowMs: number): Promise<void> {
    for (const statusId of await fedStatusIds(this.stage, accountId)) {
      const times = this.seen.get(statusId) ?? new Map<AccountId, number>();
      if (!times.has(accountId)) times.set(accountId, nowMs);
      this.seen.set(statusId, times);
    }
  }
}
