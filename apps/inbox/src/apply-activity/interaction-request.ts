import { activityFacts, parseActivity, type Interaction, type JsonObject } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { answerRequest, mayInteract, standingInteraction, type AskedInteraction } from '@trunkline/social';
import { actorOf } from './actor.js';
import { applyAnnounce } from './announce.js';
import { applyCreate } from './create.js';
import { applyLike } from './like.js';
import { rememberRequest } from './heard-words.js';
import { localStatusAt } from './local-status.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { applyReaction } from './react.js';
import { isTombstoned } from './tombstones.js';
import { ignored, unresolved, type Verdict } from './verdict.js';

/**
 * Somebody asks leave to like, answer or boost a post of ours (GoToSocial). Posts here are open to whoever sees them, so
 * that it is answered at once: what stands inside is applied as if it had come by itself, and what stands then is
 * accepted, with a consent that everybody can look up. It may have come by itself as well, before or after.
 */
export async function applyInteractionRequest(ports: ApplyPorts, incoming: Incoming<'interaction-request'>): Promise<Verdict> {
  const { activity, facts } = incoming;
  const status = await localStatusAt(ports, facts.objectUri);
  if (status === null) return ignored('unknown_status');
  if (activity.id === null || facts.instrument.uri === null) return ignored('missing_id');
  if (await isTombstoned(ports, activity)) return ignored('undone');
  const actor = await actorOf(ports, incoming);
  if (!actor.ok) return unresolved('actor', actor.error);
  const asked: AskedInteraction = { what: facts.what, requestUri: activity.id, interactionUri: facts.instrument.uri, asker: actor.value, status };
  const may = await mayInteract(ports, asked);
  if (may === null) return ignored('not_visible');
  const verdict = may ? await applyAsked(ports, incoming, asked) : ignored('interaction_refused');
  if (verdict.kind === 'retry' || isPassedBy(verdict)) return verdict;
  const standing = may ? await standingInteraction(ports, asked) : null;
  if (standing !== null) await rememberRequest(ports, asked.requestUri, asked.asker, asked.interactionUri);
  await answerRequest(ports, asked, standing);
  return standing === null && verdict.kind === 'applied' ? ignored('interaction_refused') : verdict;
}

/** Taken back before it came: nobody waits for an answer. */
const isPassedBy = (verdict: Verdict): boolean => verdict.kind === 'ignored' && verdict.reason === 'undone';

const TYPES: Readonly<Record<Interaction, string>> = { like: 'Like', reply: 'Create', announce: 'Announce' };

/** The interaction as an activity of its own, whose word is the asker's: they signed what it stands in. */
function innerActivity({ activity, facts }: Incoming<'interaction-request'>, asker: Account): JsonObject {
  const { uri, json } = facts.instrument;
  if (facts.what !== 'reply') {
    return { id: uri, type: TYPES[facts.what], actor: asker.uri, object: facts.objectUri, to: [...activity.to], cc: [...activity.cc], ...json };
  }
  return { type: 'Create', actor: asker.uri, object: json ?? uri, to: json?.['to'] ?? [...activity.to], cc: json?.['cc'] ?? [...activity.cc] };
}

async function applyAsked(ports: ApplyPorts, incoming: Incoming<'interaction-request'>, { asker, status }: AskedInteraction): Promise<Verdict> {
  const read = parseActivity(innerActivity(incoming, asker));
  const facts = read.ok ? activityFacts(read.value) : null;
  if (!read.ok || facts?.ok !== true || read.value.actorUri !== asker.uri) return ignored('instrument_mismatch');
  const inner = { rowId: incoming.rowId, activity: read.value, actor: asker, isFirstHand: incoming.isFirstHand };
  const { what } = incoming.facts;
  switch (facts.value.kind) {
    case 'like':
      return what === 'like' && facts.value.uri === status.uri ? applyLike(ports, { ...inner, facts: facts.value }) : ignored('instrument_mismatch');
    case 'reaction':
      return what === 'like' && facts.value.uri === status.uri ? applyReaction(ports, { ...inner, facts: facts.value }) : ignored('instrument_mismatch');
    case 'boost':
      return what === 'announce' && facts.value.uri === status.uri ? applyAnnounce(ports, { ...inner, facts: facts.value }) : ignored('instrument_mismatch');
    case 'create':
      return what === 'reply' ? applyCreate(ports, { ...inner, facts: facts.value }) : ignored('instrument_mismatch');
    default:
      return ignored('instrument_mismatch');
  }
}
