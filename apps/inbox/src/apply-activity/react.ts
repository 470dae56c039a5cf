import { mediaRule, reactToStatus, unreactToStatus, viewStatus } from '@trunkline/social';
import type { Account, Status } from '@trunkline/domain';
import { actorOf } from './actor.js';
import { applyLike } from './like.js';
import type { ApplyPorts, FactsOf, Incoming } from './ports.js';
import { isTombstoned } from './tombstones.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/**
 * A status is reacted to with an emoji: EmojiReact, or a Like that carries one (Misskey). A custom one belongs to the
 * server that sends it, wherever its picture lies; without a picture that may be shown it counts as a Like.
 */
export async function applyReaction(ports: ApplyPorts, incoming: Incoming<'reaction'>): Promise<Verdict> {
  const { activity, facts } = incoming;
  const [status] = await ports.store.statusesByUris([facts.uri]);
  if (status === undefined) return ignored('unknown_status');
  const actor = await actorOf(ports, incoming);
  if (!actor.ok) return unresolved('actor', actor.error);
  if ((await viewStatus(ports, actor.value.id, status.id)) === null) return ignored('not_visible');
  if (await isTombstoned(ports, activity)) return ignored('undone');
  const { custom } = facts;
  if (custom !== null && !mediaRule(ports, actor.value.domain)(custom)) return applyLike(ports, { ...incoming, facts: { kind: 'like', uri: facts.uri } });
  const name = reactionName(facts, actor.value);
  const pictures = custom === null ? { url: null, staticUrl: null } : { url: custom.url, staticUrl: custom.staticUrl };
  const outcome = await reactToStatus(ports, { accountId: actor.value.id, statusId: status.id, name, ...pictures, uri: activity.id });
  if (outcome === 'unknown_status' || outcome === 'too_many') return ignored(outcome);
  // An Undo between the question and the effect left its mark before it looked for the reaction.
  if (await isTombstoned(ports, activity)) await undoReaction(ports, facts, actor.value, status);
  return APPLIED;
}

/** Takes back what the actor reacted with. */
export async function undoReaction(ports: ApplyPorts, facts: FactsOf<'reaction'>, actor: Account, status: Status): Promise<void> {
  await unreactToStatus(ports, { accountId: actor.id, statusId: status.id, name: reactionName(facts, actor) });
}

const reactionName = ({ emoji, custom }: FactsOf<'reaction'>, { domain }: Account): string => (custom === null ? emoji : `${emoji}@${domain ?? ''}`);
