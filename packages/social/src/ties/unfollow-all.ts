import { FollowUndoneV1 } from '@trunkline/contracts';
import type { FollowPair } from '../ports/store-rows.js';
import type { SocialTransaction } from '../ports/social-store.js';
import { tracesOf, type Caused } from '../statuses/caused.js';

/** Followers end follows or withdraw requests, each pair once. For each whether there was anything to end. */
export async function unfollowAll(tx: SocialTransaction, pairs: readonly Caused<FollowPair>[]): Promise<boolean[]> {
  const gone = new Map((await tx.deleteFollows(pairs)).map((tie) => [`${tie.accountId} ${tie.targetId}`, tie]));
  const ended = pairs.map((pair) => gone.get(`${pair.accountId} ${pair.targetId}`));
  const payloads = ended.flatMap((tie) => (tie === undefined ? [] : [{ followId: tie.id, followerId: tie.accountId, targetId: tie.targetId }]));
  await tx.appendEvents(FollowUndoneV1, payloads, tracesOf(pairs.filter((_, index) => ended[index] !== undefined)));
  return ended.map((tie) => tie !== undefined);
}
