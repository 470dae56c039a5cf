import { refuseAsked, rejectFollow } from '@trunkline/social';
import { answeredFollower } from './answered-follow.js';
import { answeredLeave } from './answered-leave.js';
import { answeredQuote, refuseAnswered } from './answered-quote.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { answeredRelay, settleRelay } from './relay.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';

/** Somebody turns one of our people away, removes a follower who was let in before, or does not want to be quoted, liked, answered or boosted. */
export async function applyReject(ports: ApplyPorts, { activity, actor, facts }: Incoming<'reject'>): Promise<Verdict> {
  const relay = await answeredRelay(ports, facts.answered, activity.actorUri);
  if (relay !== null) return settleRelay(ports, relay, activity.actorUri, 'reject');
  if (actor === null) return ignored('unknown_actor');
  const quote = await answeredQuote(ports, facts.answered, actor);
  if (quote !== null) return refuseAnswered(ports, quote);
  const asked = await answeredLeave(ports, facts.answered, actor);
  if (asked !== null) return (await refuseAsked(ports, asked)) ? APPLIED : ignored('nothing_to_reject');
  const follower = await answeredFollower(ports, facts.answered, activity.actorUri);
  if (follower === null) return ignored('unknown_follow');
  return (await rejectFollow(ports, follower.id, actor.id)) ? APPLIED : ignored('nothing_to_reject');
}
