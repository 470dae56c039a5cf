import { actorUris, parseLocalUri, type ObjectRef } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { localAccountAt } from './actor.js';
import { embeddedActivity } from './embedded.js';
import type { ApplyPorts } from './ports.js';

/**
 * Whose Follow an Accept or Reject answers: by our id of the Follow, else by what it embeds. The answer only ever concerns
 * the tie between that person and `targetUri`, the one who answers, so nobody can answer for another.
 */
export async function answeredFollower(ports: ApplyPorts, follow: ObjectRef, targetUri: string): Promise<Account | null> {
  const { baseUrl } = ports.settings;
  const local = follow.uri === null ? null : parseLocalUri(baseUrl, follow.uri);
  if (local?.kind === 'follow') return localAccountAt(ports, actorUris(baseUrl, local.accountId).id);
  const inner = embeddedActivity(follow, targetUri);
  if (inner === null || inner.type !== 'Follow' || inner.object.uri !== targetUri) return null;
  return localAccountAt(ports, inner.actorUri);
}
