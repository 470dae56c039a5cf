import { instanceActorUris } from '@trunkline/activitypub';
import { FollowRejectedV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import { followAccount, underRules } from '@trunkline/social';
import { actorOf, localAccountAt } from './actor.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { followedByRelay } from './relay.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/**
 * A stranger follows somebody here. Sent again it is accepted again under the new id: a peer whose Accept got lost would
 * wait for ever. A refusal (blocked, moved) is answered by a Reject, for the same reason.
 */
export async function applyFollow(ports: ApplyPorts, incoming: Incoming<'follow'>): Promise<Verdict> {
  const { activity, facts } = incoming;
  if (facts.objectUri === instanceActorUris(ports.settings.baseUrl).id) return followedByRelay(ports, incoming);
  const target = await localAccountAt(ports, facts.objectUri);
  if (target === null) return ignored('unknown_target');
  const follower = await actorOf(ports, incoming);
  if (!follower.ok) return unresolved('actor', follower.error);
  const outcome = await followAccount(ports, underRules(ports.policy.current(), follower.value), target, activity.id === null ? {} : { uri: activity.id });
  if (outcome.ok) return APPLIED;
  if (outcome.error.code === 'blocked' || outcome.error.code === 'moved') await reject(ports, follower.value, target, activity.id);
  return ignored(outcome.error.code);
}

async function reject(ports: ApplyPorts, follower: Account, target: Account, followUri: string | null): Promise<void> {
  // Without the peer's id of the Follow there is nothing that a Reject could name.
  if (followUri === null) return;
  const followId = ports.ids.next();
  await ports.store.transaction((tx) =>
    tx.appendEvent(FollowRejectedV1, { followId, followerId: follower.id, targetId: target.id, followUri }),
  );
}
