import { acceptFollow } from '@trunkline/social';
import { answeredFollower } from './answered-follow.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';

/** Somebody lets one of our people in. Only the one who was asked can. */
export async function applyAccept(ports: ApplyPorts, { activity, actor, facts }: Incoming<'accept'>): Promise<Verdict> {
  if (actor === null) return ignored('unknown_actor');
  const follower = await answeredFollower(ports, facts.answered, activity.actorUri);
  if (follower === null) return ignored('unknown_follow');
  return (await acceptFollow(ports, follower.id, actor.id)) ? APPLIED : ignored('nothing_waits');
}
