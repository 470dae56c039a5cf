import type { AccountBlockedV1, EventOf, FollowAcceptedV1, FollowUndoneV1 } from '@trunkline/contracts';
import type { HomeFeeds, SocialReads } from '@trunkline/social';

/** How much of a newly followed account's past enters the feed. */
const BACKFILL_STATUSES = 40;

export interface AdjustPorts {
  readonly store: Pick<SocialReads, 'recentStatusIds'>;
  readonly feeds: HomeFeeds;
}

/** A new follow brings the recent posts of the followed one. A follower who lives elsewhere has no feed here. */
export async function mergeFollowed(ports: AdjustPorts, event: EventOf<typeof FollowAcceptedV1>): Promise<void> {
  if (event.again) return;
  const active = await ports.feeds.existing([event.followerId]);
  if (active.size === 0) return;
  await ports.feeds.merge(event.followerId, await ports.store.recentStatusIds(event.targetId, BACKFILL_STATUSES));
}

/** The end of a follow takes the posts out again. */
export const removeUnfollowed = (ports: AdjustPorts, event: EventOf<typeof FollowUndoneV1>): Promise<void> =>
  ports.feeds.removeAuthor(event.followerId, event.targetId);

/** A block empties both feeds of the other. */
export async function removeBlocked(ports: AdjustPorts, event: EventOf<typeof AccountBlockedV1>): Promise<void> {
  await ports.feeds.removeAuthor(event.accountId, event.targetId);
  await ports.feeds.removeAuthor(event.targetId, event.accountId);
}
