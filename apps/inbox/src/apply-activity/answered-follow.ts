import { actorUris, parseLocalUri, type CarriedActivity } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { localAccountAt } from './actor.js';
import type { ApplyPorts } from './ports.js';

/**
 * Whose Follow an Accept or Reject answers: by our id of the Follow, else by what it embeds. The answer only ever concerns
 * the tie between that person and `targetUri`, the one who answers, so nobody can answer for another.
 */
export async function answeredFollower(ports: ApplyPorts, follow: CarriedActivity, targetUri: string): Promise<Account | null> {
  const { baseUrl } = ports.settings;
  const local = follow.uri === null ? null : parseLocalUri(baseUrl, follow.uri);
  if (local?.kind === 'follow') return localAccountAt(ports, actorUris(baseUrl, local.accountId).id);
  if (follow.facts?.kind !== 'follow' || follow.facts.objectUri !== targetUri) return null;
  return localAccountAt(ports, follow.actorUri);
}
