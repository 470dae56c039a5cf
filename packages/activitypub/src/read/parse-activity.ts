import { fail, ok, type Result } from '@trunkline/kernel';
import { httpUri } from '../hosts.js';
import { member, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { cleanDocument, dateOf, hasContext, typesOf } from './document.js';
import { audienceList, idOf, NO_OBJECT, refsOf } from './references.js';
import type { IncomingActivity, ReadFailure } from './types.js';

/**
 * Reads any activity, tolerantly: a string or a list, an object or its IRI, null for absent. Nothing here is proven:
 * the caller checks that the signer is `actorUri` and that hosts agree.
 *
 * @param json what JSON.parse made of the raw body
 * @param options `requireContext` refuses a document without the ActivityStreams context, as Mastodon does; by
 *   default a missing one is tolerated (objects of Lemmy, activities in wrappers)
 */
export function parseActivity(json: unknown, options: { readonly requireContext?: boolean } = {}): Result<IncomingActivity, ReadFailure> {
  const document = cleanDocument(json);
  if (!document.ok) return document;
  const raw = document.value;
  if (options.requireContext === true && !hasContext(raw)) return fail({ code: 'missing_context' });

  return readActivity(raw);
}

/** As `parseActivity`, of what is clean already. `holder` is the actor of one that leaves its own out (seen in Undo). */
export function readActivity(raw: JsonObject, holder: string | null = null): Result<IncomingActivity, ReadFailure> {
  const type = typesOf(raw)[0];
  if (type === undefined) return fail({ code: 'missing_type' });
  const actorUri = idOf(member(raw, 'actor')) ?? holder;
  if (actorUri === null) return fail({ code: 'missing_actor' });

  const objects = refsOf(member(raw, 'object'), LIMITS.objects);
  // Whoever stands at the door asks for none of these three; reading them is half of reading an activity.
  let to: readonly string[] | null = null;
  let cc: readonly string[] | null = null;
  let published: string | null | undefined;
  return ok({
    id: httpUri(member(raw, 'id')),
    type,
    actorUri,
    object: objects[0] ?? NO_OBJECT,
    objects,
    target: refsOf(member(raw, 'target'), 1)[0] ?? NO_OBJECT,
    get to() {
      return (to ??= audienceList(member(raw, 'to')));
    },
    get cc() {
      return (cc ??= audienceList(member(raw, 'cc')));
    },
    get published() {
      if (published === undefined) published = dateOf(member(raw, 'published'));
      return published;
    },
    raw,
  });
}
