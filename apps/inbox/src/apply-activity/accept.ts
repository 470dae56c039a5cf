import { acceptFollow } from '@trunkline/social';
import { readPinsLater } from './actor.js';
import { answeredFollower } from './answered-follow.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { answeredRelay, settleRelay } from './relay.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';

/** Somebody lets one of our people in. Only the one who was asked can. */
export async function applyAccept(ports: ApplyPorts, { activity, actor, facts }: Incoming<'accept'>): Promise<Verdict> {
  const relay = await answeredRelay(ports, facts.answered, activity.actorUri);
  if (relay !== null) return settleRelay(ports, relay, activity.actorUri, 'accept');
  if (actor === null) return ignored('unknown_actor');
  const follower = await answeredFollower(ports, facts.answered, activity.actorUri);
  if (follower === null) return ignored('unknown_follow');
  if (!(await acceptFollow(ports, follower.id, actor.id))) return ignored('nothing_waits');
  readPinsLater(ports, actor);
  return APPLIED;
}
