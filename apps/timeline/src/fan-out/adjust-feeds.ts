import type { AccountBlockedV1, EventOf, FollowAcceptedV1, FollowUndoneV1 } from '@trunkline/contracts';
import type { AccountId } from '@trunkline/kernel';
import type { HomeFeeds, SocialReads } from '@trunkline/social';

export interface AdjustPorts {
  readonly store: Pick<SocialReads, 'writtenAmong'>;
  readonly feeds: HomeFeeds;
}

/**
 * A new follow brings the past of the followed one, and answers to them by others. The feed is completed at the next read: however
 * many follows there are until then, once. A follower who lives elsewhere has no feed here.
 */
export const renewFollower = (ports: AdjustPorts, event: EventOf<typeof FollowAcceptedV1>): Promise<void> => ports.feeds.renew(event.followerId);

/** The end of a follow takes the posts out again. They would not be shown anyway, but take the place of others. */
export const removeUnfollowed = (ports: AdjustPorts, event: EventOf<typeof FollowUndoneV1>): Promise<void> =>
  removeAuthor(ports, event.followerId, event.targetId);

/** A block empties both feeds of the other. */
export async function removeBlocked(ports: AdjustPorts, event: EventOf<typeof AccountBlockedV1>): Promise<void> {
  await removeAuthor(ports, event.accountId, event.targetId);
  await removeAuthor(ports, event.targetId, event.accountId);
}

async function removeAuthor(ports: AdjustPorts, readerId: AccountId, authorId: AccountId): Promise<void> {
  const feed = await ports.feeds.read(readerId);
  if (feed === null) return;
  await ports.feeds.remove([readerId], await ports.store.writtenAmong(authorId, feed.ids));
}
