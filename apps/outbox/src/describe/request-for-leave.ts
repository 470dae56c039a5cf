import { interactionRequestUri, renderInteractionRequest, type JsonObject } from '@trunkline/activitypub';
import type { Account, Status } from '@trunkline/domain';
import type { AskedRow, SocialSettings } from '@trunkline/social';

/** What is asked for, of whom. */
interface Asking {
  /** The Like, Note or Announce. */
  readonly instrument: JsonObject;
  readonly target: Status;
  readonly author: Account;
}

/** The request for leave, as GotoSocial takes it. */
export function requestFor(settings: SocialSettings, { what, interactionId, accountId }: AskedRow, { instrument, target, author }: Asking): JsonObject {
  const id = interactionRequestUri(settings.baseUrl, accountId, what, interactionId);
  const actorUri = String(instrument['actor'] ?? instrument['attributedTo']);
  const request = { id, what, actorUri, targetUri: target.uri, interactionUri: String(instrument['id']) };
  return renderInteractionRequest(request, author.uri, instrument);
}
