import { hostOf, sameHost, type IncomingActivity } from '@trunkline/activitypub';
import type { ApplyPorts } from './ports.js';

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
