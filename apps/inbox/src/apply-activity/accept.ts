import { acceptFollow, acceptQuote, permitAsked } from '@trunkline/social';
import { readPinsLater } from './actor.js';
import { answeredFollower } from './answered-follow.js';
import { answeredLeave } from './answered-leave.js';
import { answeredQuote } from './answered-quote.js';
import { rememberAccept } from './heard-words.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { answeredRelay, settleRelay } from './relay.js';
import { isTombstoned } from './tombstones.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';

/**
 * Somebody lets one of our people in, or agrees to be quoted, liked, answered or boosted by them. Only the one who was asked
 * can. Their word is as good as the stamp that they name, which is what other servers look up. A consent that nobody asked
 * for (GoToSocial sends some) changes nothing here.
 */
export async function applyAccept(ports: ApplyPorts, { activity, actor, facts }: Incoming<'accept'>): Promise<Verdict> {
  const relay = await answeredRelay(ports, facts.answered, activity.actorUri);
  if (relay !== null) return settleRelay(ports, relay, activity.actorUri, 'accept');
  if (actor === null) return ignored('unknown_actor');
  if (await isTombstoned(ports, activity)) return ignored('undone');
  const word = { uri: activity.id, actor };
  const quote = await answeredQuote(ports, facts.answered, actor);
  if (quote !== null) {
    if (facts.resultUri === null) return ignored('missing_stamp');
    if (!(await acceptQuote(ports, quote.quoting, quote.quoted, { stampUri: facts.resultUri }))) return ignored('nothing_waits');
    await rememberAccept(ports, word, { quote });
    return APPLIED;
  }
  const asked = await answeredLeave(ports, facts.answered, actor);
  if (asked !== null) {
    // GoToSocial before 0.19 names no consent: its Accept is one.
    const stampUri = facts.resultUri ?? activity.id;
    if (stampUri === null) return ignored('missing_stamp');
    if (!(await permitAsked(ports, asked, stampUri))) return ignored('nothing_waits');
    await rememberAccept(ports, word, { asked });
    return APPLIED;
  }
  const follower = await answeredFollower(ports, facts.answered, activity.actorUri);
  if (follower === null) return ignored(facts.resultUri === null ? 'unknown_follow' : 'interaction_approval');
  if (!(await acceptFollow(ports, follower.id, actor.id))) return ignored('nothing_waits');
  await rememberAccept(ports, word, { follower });
  readPinsLater(ports, actor);
  return APPLIED;
}
