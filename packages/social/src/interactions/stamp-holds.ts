import { parseActivity, parseLocalUri, parseStamp, sameHost } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import type { SocialPorts } from '../ports/social-ports.js';
import { fetchCode } from '../remote/resolve-account.js';

/** What a stamp is to allow: `interactingUri` is done to `targetUri`, a post of `author`, who lives elsewhere. */
export interface Stamped {
  readonly kind: 'quote' | 'reply';
  readonly interactingUri: string;
  readonly targetUri: string;
  readonly author: Account;
}

/** `revoked`: nothing is there any more. */
export type StampVerdict = 'accepted' | 'unauthorized' | 'revoked' | 'unreachable';

/**
 * Whether the stamp is what it claims: found where it says it lies, on the host of the author whose leave it is, made by that author,
 * for this and nothing else. Costs one fetch. Stamps of ours stand in our own rows, and are never asked for.
 */
export async function stampHolds(ports: Pick<SocialPorts, 'remote' | 'settings'>, stampUri: string, wanted: Stamped): Promise<StampVerdict> {
  const { author } = wanted;
  if (!sameHost(stampUri, author.uri) || parseLocalUri(ports.settings.baseUrl, stampUri) !== null || author.domain === null) return 'unauthorized';
  const document = await ports.remote.fetchObject(stampUri);
  if (!document.ok) {
    const code = fetchCode(document.error.code);
    if (code === 'gone') return 'revoked';
    return code === 'unreachable' ? code : 'unauthorized';
  }
  if (document.value.uri !== stampUri) return 'unauthorized';
  return isStamp(document.value.json, stampUri, wanted) || (wanted.kind === 'reply' && isAccept(document.value.json, stampUri, wanted)) ? 'accepted' : 'unauthorized';
}

function isStamp(json: unknown, stampUri: string, { kind, interactingUri, targetUri, author }: Stamped): boolean {
  const stamp = parseStamp(json);
  if (!stamp.ok || stamp.value.uri !== stampUri || stamp.value.kind !== kind) return false;
  return stamp.value.attributedTo === author.uri && stamp.value.interactingUri === interactingUri && stamp.value.targetUri === targetUri;
}

/** GotoSocial before 0.19 names the Accept of the answer. */
function isAccept(json: unknown, stampUri: string, { interactingUri, author }: Stamped): boolean {
  const accept = parseActivity(json);
  return accept.ok && accept.value.type === 'Accept' && accept.value.id === stampUri && accept.value.actorUri === author.uri && accept.value.object.uri === interactingUri;
}
