import { hostOf, parseActivity, sameHost, typesOf, type IncomingActivity, type ObjectRef } from '@trunkline/activitypub';
import type { ApplyPorts } from './ports.js';

/** An activity within an activity. One that leaves its actor out (seen in Undo) is the wrapper's; null: only an IRI, or none. */
export function embeddedActivity(ref: ObjectRef, wrapperActorUri: string): IncomingActivity | null {
  if (ref.json === null) return null;
  const inner = parseActivity({ actor: wrapperActorUri, ...ref.json });
  return inner.ok ? inner.value : null;
}

/** The types of an object that came whole. */
export const typesOfRef = (ref: ObjectRef): readonly string[] => (ref.json === null ? [] : typesOf(ref.json));

/**
 * Keeps the actor's own id from coming to life later: what ends may overtake what it ends. Another's is not touched by
 * it, not on the same host either. Never used on Follow ids, which Misskey uses again.
 */
export async function tombstone(ports: Pick<ApplyPorts, 'store'>, uri: string | null, actorUri: string): Promise<void> {
  if (uri === null || !sameHost(uri, actorUri)) return;
  await ports.store.transaction((tx) => tx.addTombstone(uri, actorUri));
}

/** Whether the actor itself ended this activity before. */
export const isTombstoned = async (ports: Pick<ApplyPorts, 'store'>, { id, actorUri }: Pick<IncomingActivity, 'id' | 'actorUri'>): Promise<boolean> =>
  id !== null && (await ports.store.isTombstoned(actorUri, [id])).has(id);

/** Whether the id is one of ours to give. */
export const isOurs = (ports: Pick<ApplyPorts, 'settings'>, uri: string): boolean => hostOf(uri) === hostOf(ports.settings.baseUrl);
