import { actorUris, followUri, renderAccept, renderFollow, renderReject, renderUndo, type JsonObject } from '@trunkline/activitypub';
import { FollowAcceptedV1, FollowRejectedV1, FollowRequestedV1, FollowUndoneV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import { outboundPair, planOf, toAccount, type PlanPorts, type PlanRule } from './plan.js';

interface FollowEvent {
  readonly followId: Snowflake;
  readonly followerId: AccountId;
  readonly targetId: AccountId;
}

const askKey = ({ followerId, targetId }: FollowEvent): string => `follow:${followerId}:${targetId}`;
const answerKey = ({ followerId, targetId }: FollowEvent): string => `answer:${followerId}:${targetId}`;

/*
 * A follow may end and begin again while these events wait for their planning, in any order. So each is held against
 * what stands now: an Undo or Reject after which the pair is tied again would end the newer tie at the peer.
 */

/** Our follower asks a target elsewhere. */
export const planFollowRequested: PlanRule<typeof FollowRequestedV1> = {
  contract: FollowRequestedV1,
  orderKey: askKey,
  async plan(ports, event) {
    const pair = await outboundPair(ports.store, event.followerId, event.targetId);
    if (pair === null || (await standingId(ports, event)) !== event.followId) return null;
    return planOf(event.followerId, followOf(ports, event, pair.to), toAccount(event.targetId));
  },
};

/** Our follower withdraws. */
export const planFollowUndone: PlanRule<typeof FollowUndoneV1> = {
  contract: FollowUndoneV1,
  orderKey: askKey,
  async plan(ports, event) {
    const pair = await outboundPair(ports.store, event.followerId, event.targetId);
    if (pair === null || (await standingId(ports, event)) !== null) return null;
    const follow = followOf(ports, event, pair.to);
    return planOf(event.followerId, renderUndo(`${actorUris(ports.settings.baseUrl, event.followerId).id}#undos/follows/${event.followId}`, follow), toAccount(event.targetId));
  },
};

/** A follower elsewhere is let in: the answer holds the Follow with the peer's own id, also when it asks again. */
export const planFollowAccepted: PlanRule<typeof FollowAcceptedV1> = {
  contract: FollowAcceptedV1,
  orderKey: answerKey,
  async plan(ports, event) {
    const pair = await outboundPair(ports.store, event.targetId, event.followerId);
    const follow = pair === null ? null : await ports.store.follow(event.followerId, event.targetId);
    if (pair === null || follow === null) return null;
    const actor = actorUris(ports.settings.baseUrl, event.targetId).id;
    const answer = renderAccept(`${actor}#accepts/follows/${event.followId}`, { id: follow.uri, actorUri: pair.to.uri, objectUri: actor });
    return planOf(event.targetId, answer, toAccount(event.followerId));
  },
};

/** A follower elsewhere is refused or removed. */
export const planFollowRejected: PlanRule<typeof FollowRejectedV1> = {
  contract: FollowRejectedV1,
  orderKey: answerKey,
  async plan(ports, event) {
    const pair = await outboundPair(ports.store, event.targetId, event.followerId);
    if (pair === null || (await standingId(ports, event)) !== null) return null;
    const actor = actorUris(ports.settings.baseUrl, event.targetId).id;
    const answer = renderReject(`${actor}#rejects/follows/${event.followId}`, { id: event.followUri, actorUri: pair.to.uri, objectUri: actor });
    return planOf(event.targetId, answer, toAccount(event.followerId));
  },
};

function followOf(ports: PlanPorts, event: FollowEvent, target: Account): JsonObject {
  const { baseUrl } = ports.settings;
  const id = followUri(baseUrl, event.followerId, event.followId);
  return renderFollow({ id, actorUri: actorUris(baseUrl, event.followerId).id, objectUri: target.uri });
}

/** The id under which the pair is tied now, by a follow or by a request that waits. */
async function standingId(ports: PlanPorts, { followerId, targetId }: FollowEvent): Promise<Snowflake | null> {
  const tie = (await ports.store.follow(followerId, targetId)) ?? (await ports.store.followRequest(followerId, targetId));
  return tie?.id ?? null;
}
