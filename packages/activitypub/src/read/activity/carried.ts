import { fail, ok, type Result } from '@trunkline/kernel';
import { sameHost } from '../../hosts.js';
import { readActivity } from '../parse-activity.js';
import { refsOf } from '../references.js';
import type { IncomingActivity } from '../types.js';
import { ignore, type FactsReader, type Nesting, type ReadInner } from './context.js';
import type { CarriedActivity, IgnoredActivity } from './types.js';

/** Rules that speak about what an activity is; of the others only its id is left to match by. */
const BY_NATURE = /^(?:dislike|view_counter|event_participation|group_moderation|featured_collection|no_meaning|conversation_container|too_deep)$/;

/** The activity in `object`: whole, or its id. An object that is no activity counts as its id (GotoSocial's Accept of a reply). */
function carriedBy(activity: IncomingActivity, nesting: Nesting, inner: ReadInner): Result<CarriedActivity, IgnoredActivity> {
  const { uri, json } = activity.object;
  if (uri === null && json === null) return ignore('missing_object');
  const read = json === null ? null : readActivity(json, activity.actorUri);
  if (read === null || !read.ok) return uri === null ? ignore('missing_object') : ok({ uri, actorUri: null, facts: null });

  const facts = inner(read.value, { ...nesting, depth: nesting.depth + 1 });
  if (!facts.ok && BY_NATURE.test(facts.error.code)) return facts;
  if (!facts.ok && uri === null) return fail(facts.error);
  return ok({ uri, actorUri: facts.ok ? read.value.actorUri : null, facts: facts.ok ? facts.value : null });
}

/**
 * Accept and Reject of a Follow, a QuoteRequest, or one of GotoSocial's requests. Match the answered activity by its id
 * in our own records first: what is embedded is the sender's memory of it.
 */
export const readAnswer =
  (kind: 'accept' | 'reject'): FactsReader =>
  (activity, nesting, inner) => {
    const answered = carriedBy(activity, nesting, inner);
    if (!answered.ok) return answered;
    const resultUri = refsOf(activity.raw['result'], 1)[0]?.uri ?? null;
    if (resultUri !== null && !sameHost(resultUri, activity.actorUri)) return ignore('foreign_object');
    return ok({ kind, answered: answered.value, resultUri, targetUri: activity.target.uri });
  };

/** Nobody undoes what another did; not even on the same host. */
export const readUndo: FactsReader = (activity, nesting, inner) => {
  const { object, actorUri } = activity;
  const read = object.json === null ? null : readActivity(object.json, actorUri);
  if (read?.ok === true && read.value.actorUri !== actorUri) return ignore('foreign_actor');
  if (object.uri !== null && !sameHost(object.uri, actorUri)) return ignore('foreign_object');
  const undone = carriedBy(activity, nesting, inner);
  return undone.ok ? ok({ kind: 'undo', undone: undone.value }) : undone;
};
