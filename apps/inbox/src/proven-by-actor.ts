import { readIntegrityProof, sameHost, verifyIntegrityProof, type IncomingActivity, type IntegrityProof } from '@trunkline/activitypub';
import type { Clock } from '@trunkline/kernel';
import type { KeyBook } from '@trunkline/social';

export interface ProofPorts {
  readonly clock: Clock;
  readonly signerKeys: Pick<KeyBook, 'findFitting'>;
}

/** `unknown`: the key's server did not answer. */
export type ProofVerdict = 'proven' | 'unproven' | 'unknown';

/** As old as the signature of a request may be: what is forwarded later is asked for at its origin, so that nothing old is played again. */
const AGE_MAX_MS = 12 * 60 * 60_000;
const TEXT_CHARS_MAX = 65_536;
/** Values cost, not characters: 5,000 small objects took 20 ms of the event loop on a crowded machine. A post has a few hundred. */
const COMMAS_MAX = 2_000;
const PASSING = new Set(['unreachable', 'busy', 'throttled']);

/** Whether there is a proof of the kind that is read here (FEP-8b32, `eddsa-jcs-2022`): nothing about it is believed yet. */
export function carriesProof({ raw }: Pick<IncomingActivity, 'raw'>): boolean {
  const proofs: readonly unknown[] = Array.isArray(raw['proof']) ? raw['proof'] : [raw['proof']];
  return proofs.some((proof) => typeof proof === 'object' && proof !== null && (proof as Record<string, unknown>)['cryptosuite'] === 'eddsa-jcs-2022');
}

/** What others have a reason to pass on, and what changes nothing when it is passed on again. */
const PASSED_ON = new Set(['Create', 'Update', 'Delete', 'Announce', 'Like', 'EmojiReact']);
const TAKEN_BACK = new Set<unknown>(['Announce', 'Like', 'EmojiReact']);

/**
 * Whether a proof can make an activity count that somebody else than its actor delivers. Follows, blocks, pins and their like are between
 * the actor and us: a proof of one could be shown again after it was taken back. Without an id nothing remembers that it was.
 */
export const mayBePassedOn = ({ id, type, object }: Pick<IncomingActivity, 'id' | 'type' | 'object'>): boolean =>
  id !== null && (PASSED_ON.has(type) || (type === 'Undo' && object.uri !== null && TAKEN_BACK.has(object.json?.['type'])));

/** The same among actors of one host, who all sign with its name: nothing that ends what has begun again since, and no edit, of which there may be newer ones. */
export const mayBePassedOnAtHome = (activity: Pick<IncomingActivity, 'id' | 'type' | 'object' | 'actorUri'>): boolean =>
  activity.type !== 'Undo' && activity.type !== 'Update' && activity.object.uri !== activity.actorUri && mayBePassedOn(activity);

/**
 * Whether the activity itself carries its actor's signature, whoever passed it on: a proof (FEP-8b32) that was made lately,
 * by a key that the actor lists.
 *
 * @param text the JSON as it came
 */
export async function provenByActor(ports: ProofPorts, text: string, actorUri: string): Promise<ProofVerdict> {
  if (text.length > TEXT_CHARS_MAX || text.split(',', COMMAS_MAX + 1).length > COMMAS_MAX) return 'unproven';
  const nowMs = ports.clock.nowMs();
  const proof = readIntegrityProof(JSON.parse(text), { nowMs });
  if (!proof.ok || !sameHost(proof.value.keyId, actorUri)) return 'unproven';
  const madeMs = proof.value.created === null ? -Infinity : Date.parse(proof.value.created);
  return madeMs >= nowMs - AGE_MAX_MS ? verdictOf(ports, proof.value, actorUri) : 'unproven';
}

async function verdictOf({ signerKeys }: ProofPorts, proof: IntegrityProof, actorUri: string): Promise<ProofVerdict> {
  const found = await signerKeys.findFitting(proof.keyId, (key) => verifyIntegrityProof(proof, key));
  if (found.ok) return found.value.ownerUri === actorUri ? 'proven' : 'unproven';
  return PASSING.has(found.error.code) ? 'unknown' : 'unproven';
}
