import { fail, ok, type Result } from '@trunkline/kernel';
import { httpUri, sameHost } from '../hosts.js';
import { member } from '../json.js';
import { LIMITS } from '../limits.js';
import { cleanDocument, dateOf, typesOf } from './document.js';
import { idOf } from './references.js';
import type { ReadFailure, RemoteStamp, RemoteTombstone, StampKind } from './types.js';

const STAMP = /^(Quote|Like|Reply|Announce)(?:Authorization|Approval)$/;

/** The interaction that a stamp of this type allows; null when it is no stamp. */
export const stampKindOf = (types: readonly string[]): StampKind | null =>
  (types.map((type) => STAMP.exec(type)?.[1]?.toLowerCase()).find((kind) => kind !== undefined) as StampKind | undefined) ?? null;

/**
 * Reads the consent of an author: QuoteAuthorization (FEP-044f), GotoSocial's Like-, Reply- and
 * AnnounceAuthorization, and its older Approvals, which name the two posts `object` and `target`. The caller checks that
 * it came from its `uri`, and that both posts and the author are the ones in question.
 *
 * @returns `host_mismatch` unless author, stamp and the author's post lie on one host
 */
export function parseStamp(json: unknown): Result<RemoteStamp, ReadFailure> {
  const document = cleanDocument(json);
  if (!document.ok) return document;
  const raw = document.value;
  const kind = stampKindOf(typesOf(raw));
  if (kind === null) return fail({ code: 'wrong_type' });
  const uri = httpUri(member(raw, 'id'));
  if (uri === null) return fail({ code: 'missing_id' });
  const attributedTo = idOf(member(raw, 'attributedTo'));
  if (attributedTo === null) return fail({ code: 'missing_actor' });
  const interactingUri = idOf(member(raw, 'interactingObject') ?? member(raw, 'object'));
  const targetUri = idOf(member(raw, 'interactionTarget') ?? member(raw, 'target'));
  if (interactingUri === null || targetUri === null) return fail({ code: 'missing_link' });
  if (!sameHost(uri, attributedTo) || !sameHost(uri, targetUri)) return fail({ code: 'host_mismatch', context: { uri, attributedTo, targetUri } });
  return ok({ uri, kind, attributedTo, interactingUri, targetUri });
}

/** Reads what stands where something was: Mastodon, Lemmy and lotide serve it with a 410 or in its place. */
export function parseTombstone(json: unknown): Result<RemoteTombstone, ReadFailure> {
  const document = cleanDocument(json);
  if (!document.ok) return document;
  const raw = document.value;
  if (!typesOf(raw).includes('Tombstone')) return fail({ code: 'wrong_type' });
  const uri = httpUri(member(raw, 'id'));
  if (uri === null) return fail({ code: 'missing_id' });
  const formerType = member(raw, 'formerType');
  return ok({ uri, formerType: typeof formerType === 'string' ? formerType.slice(0, LIMITS.titleChars) : null, deleted: dateOf(member(raw, 'deleted')) });
}
