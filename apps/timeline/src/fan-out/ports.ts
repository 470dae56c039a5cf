import { idTimeMs, type Clock, type StatusId } from '@trunkline/kernel';
import { FEED_LATE_MS, isFeedsDown, type HomeFeeds, type LivePort, type PolicyPort, type PulledAuthors, type SocialReads } from '@trunkline/social';
import type { FreshPosts } from '../reading/fresh-posts.js';
import type { Turns } from './turns.js';

export interface FanOutPorts {
  readonly store: SocialReads;
  readonly feeds: HomeFeeds;
  readonly posts: Pick<FreshPosts, 'load'>;
  readonly pulled: Pick<PulledAuthors, 'among'>;
  readonly live: LivePort;
  readonly policy: PolicyPort;
  readonly clock: Clock;
  readonly turns: Turns;
  /** How far an event came, kept for a while: a try that was cut short is taken up there. */
  readonly progress: { get(key: string): Promise<unknown>; set(key: string, value: unknown, ttlSeconds: number): Promise<void> };
}

/** Its id was made long ago. */
export const isLate = ({ clock }: Pick<FanOutPorts, 'clock'>, statusId: StatusId): boolean => clock.nowMs() - idTimeMs(statusId) > FEED_LATE_MS;

/** Feeds that are away are no failure: Redis holds nothing that a read cannot rebuild. Streams are told all the same. */
export async function unlessAway(work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => {
    if (!isFeedsDown(error)) throw error;
  });
}
