import { mediaRule, reactToStatus, unreactToStatus } from '@trunkline/social';
import type { Account, Status } from '@trunkline/domain';
import { favourite, reactingTo } from './like.js';
import type { ApplyPorts, FactsOf, Incoming } from './ports.js';
import { isTombstoned } from './tombstones.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';

/**
 * A status is reacted to with an emoji: EmojiReact, or a Like that carries one (Misskey). A custom one belongs to the
 * server that sends it, wherever its picture lies; without a picture that may be shown it counts as a Like.
 */
export async function applyReaction(ports: ApplyPorts, incoming: Incoming<'reaction'>): Promise<Verdict> {
  const reacting = await reactingTo(ports, incoming);
  if (!reacting.ok) return reacting.error.verdict;
  const { activity, facts } = incoming;
  const { actor, status } = reacting.value;
  const { custom } = facts;
  if (custom !== null && !mediaRule(ports, actor.domain)(custom)) return favourite(ports, incoming, reacting.value);
  const name = reactionName(facts, actor);
  const pictures = custom === null ? { url: null, staticUrl: null } : { url: custom.url, staticUrl: custom.staticUrl };
  const outcome = await reactToStatus(ports, { accountId: actor.id, statusId: status.id, name, ...pictures, uri: activity.id });
  if (outcome === 'unknown_status' || outcome === 'too_many') return ignored(outcome);
  // An Undo between the question and the effect left its mark before it looked for the reaction.
  if (await isTombstoned(ports, activity)) await undoReaction(ports, facts, actor, status);
  return APPLIED;
}

/** Takes back what the actor reacted with. */
export async function undoReaction(ports: ApplyPorts, facts: FactsOf<'reaction'>, actor: Account, status: Status): Promise<void> {
  await unreactToStatus(ports, { accountId: actor.id, statusId: status.id, name: reactionName(facts, actor) });
}

const reactionName = ({ emoji, custom }: FactsOf<'reaction'>, { domain }: Account): string => (custom === null ? emoji : `${emoji}@${domain ?? ''}`);
