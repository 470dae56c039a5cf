import { mediaRule, reactToStatus, unreactToStatus, type GivenReaction, type ReactionOutcome } from '@trunkline/social';
import type { Account, Status } from '@trunkline/domain';
import { favourite, reactingTo } from './like.js';
import type { ApplyPorts, FactsOf, Incoming } from './ports.js';
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
  if (!isShown(ports, facts, actor)) return favourite(ports, incoming, reacting.value);
  return reactionVerdict(await reactToStatus(ports, reactionBy(actor, status, facts, activity.id)));
}

/** Whether it is more than a Like here. */
export const isShown = (ports: Pick<ApplyPorts, 'policy' | 'settings'>, { custom }: FactsOf<'reaction'>, actor: Account): boolean => custom === null || mediaRule(ports, actor)(custom);

export function reactionBy(actor: Account, status: Status, facts: FactsOf<'reaction'>, uri: string | null): GivenReaction {
  const { custom } = facts;
  const pictures = custom === null ? { url: null, staticUrl: null } : { url: custom.url, staticUrl: custom.staticUrl };
  return { accountId: actor.id, statusId: status.id, name: reactionName(facts, actor), ...pictures, uri };
}

export const reactionVerdict = (outcome: ReactionOutcome): Verdict => (outcome === 'stored' || outcome === 'known' ? APPLIED : ignored(outcome));

/** Takes back what the actor reacted with. */
export async function undoReaction(ports: ApplyPorts, facts: FactsOf<'reaction'>, actor: Account, status: Status): Promise<void> {
  await unreactToStatus(ports, { accountId: actor.id, statusId: status.id, name: reactionName(facts, actor) });
}

/** As it is stored: a custom one belongs to its server. */
export const reactionName = ({ emoji, custom }: FactsOf<'reaction'>, { domain }: Account): string => (custom === null ? emoji : `${emoji}@${domain ?? ''}`);
