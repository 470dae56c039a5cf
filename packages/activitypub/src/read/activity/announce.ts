import { ok } from '@trunkline/kernel';
import { sameHost } from '../../hosts.js';
import { member } from '../../json.js';
import { readActivity } from '../parse-activity.js';
import { idOf } from '../references.js';
import type { ObjectRef } from '../types.js';
import { ignore, typesOfRef, type FactsReader } from './context.js';
import { isActivityType } from './known-types.js';

/**
 * A boost, or a group that passes on a member's activity (FEP-1b12: Lemmy, Mbin, PieFed, NodeBB, Discourse,
 * WordPress). Of several objects (seen in GotoSocial's tests) the first counts: one id is one boost.
 */
export const readAnnounce: FactsReader = (activity, nesting, inner) => {
  const { object, actorUri } = activity;
  if (typesOfRef(object).some(isActivityType)) {
    const read = object.json === null ? null : readActivity(object.json);
    if (read === null || !read.ok) return ignore('missing_object');
    const facts = inner(read.value, { depth: nesting.depth + 1, groupUri: actorUri });
    return facts.ok ? ok({ kind: 'group-delivery', groupUri: actorUri, activity: read.value, facts: facts.value }) : facts;
  }
  if (object.uri === null) return ignore('missing_object');
  return ok({ kind: 'boost', uri: object.uri, embedded: isOwn(object, actorUri) ? object : null });
};

const isOwn = ({ uri, json }: ObjectRef, actorUri: string): boolean =>
  json !== null && uri !== null && sameHost(uri, actorUri) && idOf(member(json, 'attributedTo')) === actorUri;
