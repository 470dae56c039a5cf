import { ok } from '@trunkline/kernel';
import { httpUri, sameHost } from '../../hosts.js';
import { flagOf, member, textOf } from '../../json.js';
import { LIMITS } from '../../limits.js';
import { dateOf } from '../document.js';
import { parseTags } from '../parse-tags.js';
import { refsOf } from '../references.js';
import { ignore, maySpeakOf, typesOfRef, type FactsReader } from './context.js';
import { isActivityType } from './known-types.js';

const LINKED_MAX = 50;

/** A person, a group, or the public collection: the way to follow a relay. */
export const readFollow: FactsReader = ({ object }) => (object.uri === null ? ignore('missing_object') : ok({ kind: 'follow', objectUri: object.uri }));

export const readBlock: FactsReader = ({ object, target, raw }) => {
  if (object.uri === null) return ignore('missing_object');
  return ok({
    kind: 'block',
    uri: object.uri,
    groupUri: target.uri,
    endsAt: dateOf(member(raw, 'endTime') ?? member(raw, 'expires')),
    removesPosts: flagOf(member(raw, 'removeData')),
  });
};

/** A report. Its text is in `content`, or in `summary` (Lemmy, Mbin). */
export const readFlag: FactsReader = ({ objects, raw }) => {
  const objectUris = [...new Set(objects.map((object) => object.uri).filter((uri) => uri !== null))];
  if (objectUris.length === 0) return ignore('missing_object');
  const comment = (textOf(member(raw, 'content'), LIMITS.summaryChars) ?? textOf(member(raw, 'summary'), LIMITS.summaryChars) ?? '').trim();
  const linked = (comment.match(/https?:\/\/[^\s<>"']+/g) ?? []).slice(0, LINKED_MAX).map(httpUri);
  return ok({ kind: 'report', objectUris, linkedUris: [...new Set(linked.filter((uri) => uri !== null))], comment });
};

/** `object` moves to `target`: the old account says so, or (FEP-7628) the new one. */
export const readMove: FactsReader = ({ object, target, actorUri, raw }) => {
  if (object.uri === null) return ignore('missing_object');
  if (target.uri === null) return ignore('missing_target');
  // Forums move a topic from one category to another (NodeBB, FEP-400e).
  if (object.uri !== actorUri && target.uri !== actorUri && member(raw, 'origin') != null && sameHost(object.uri, actorUri)) return ignore('group_moderation');
  if (object.uri !== actorUri && target.uri !== actorUri) return ignore('foreign_object');
  return ok({ kind: 'move', fromUri: object.uri, toUri: target.uri, pulled: object.uri !== actorUri });
};

/** Pins of posts (by id, or whole: Misskey) and hashtags (Mastodon), moderators and pins of groups. */
export const readMembership =
  (kind: 'add' | 'remove'): FactsReader =>
  (activity, nesting) => {
    const { object, target } = activity;
    if (typesOfRef(object).some(isActivityType)) return ignore('conversation_container');
    if (target.uri === null) return ignore('missing_target');
    if (!maySpeakOf(target.uri, activity, nesting)) return ignore('foreign_object');
    const hashtag = parseTags(object.json).hashtags[0] ?? null;
    if (object.uri === null && hashtag === null) return ignore('missing_object');
    return ok({ kind, collectionUri: target.uri, object, hashtag });
  };

export const readQuoteRequest: FactsReader = ({ object, raw, actorUri }) => {
  const [quote] = refsOf(member(raw, 'instrument'), 1);
  if (object.uri === null) return ignore('missing_object');
  if (quote === undefined || quote.uri === null) return ignore('missing_target');
  return sameHost(quote.uri, actorUri) ? ok({ kind: 'quote-request', quotedUri: object.uri, quote }) : ignore('foreign_object');
};

export const readInteractionRequest =
  (what: 'reply' | 'like' | 'announce'): FactsReader =>
  ({ object, raw, actorUri }) => {
    const [instrument] = refsOf(member(raw, 'instrument'), 1);
    if (object.uri === null) return ignore('missing_object');
    if (instrument === undefined || instrument.uri === null) return ignore('missing_target');
    return sameHost(instrument.uri, actorUri) ? ok({ kind: 'interaction-request', what, objectUri: object.uri, instrument }) : ignore('foreign_object');
  };
