import { ok } from '@trunkline/kernel';
import { sameHost } from '../../hosts.js';
import { listOf, member, textOf, type JsonObject } from '../../json.js';
import { LIMITS } from '../../limits.js';
import { typesOf } from '../document.js';
import { isNoteType } from '../note-content.js';
import { isActorType } from '../parse-actor.js';
import { stampKindOf } from '../parse-stamp.js';
import { idOf, refOf } from '../references.js';
import type { IncomingActivity, ObjectRef } from '../types.js';
import { ignore, maySpeakOf, typesOfRef, type FactsReader } from './context.js';
import { ruleOfObject } from './known-types.js';

/** A post or several, inline or by id; or a poll's votes, which look like empty posts. */
export const readCreate: FactsReader = (activity) => {
  const { objects, actorUri } = activity;
  if (objects.length === 0) return ignore('missing_object');
  const strange = objects.find((object) => object.json !== null && !typesOfRef(object).some(isNoteType));
  if (strange !== undefined) return ignore(ruleOfObject(typesOfRef(strange)));
  if (objects.some((object) => object.uri !== null && !sameHost(object.uri, actorUri))) return ignore('foreign_object');
  if (objects.some((object) => isByAnother(object, actorUri))) return ignore('foreign_author');

  const votes = objects.map(voteOf).filter((vote) => vote !== null);
  const questionUri = votes[0]?.questionUri;
  if (questionUri !== undefined && votes.length === objects.length) {
    return ok({ kind: 'vote', questionUri, votes: votes.filter((vote) => vote.questionUri === questionUri).map(({ uri, choice }) => ({ uri, choice })) });
  }
  const posts = objects.filter((object) => object.uri !== null).map((object) => addressedAs(object, activity.raw));
  return posts.length === 0 ? ignore('missing_object') : ok({ kind: 'create', posts });
};

/** A post that says to nobody at all is for whom its activity is (ActivityPub §6.2, and how Mastodon reads it). */
function addressedAs(object: ObjectRef, { to, cc }: JsonObject): ObjectRef {
  const { uri, json } = object;
  return json === null || AUDIENCE.some((name) => (member(json, name) ?? null) !== null) ? object : { uri, json: { ...json, to, cc } };
}

const AUDIENCE = ['to', 'cc', 'bto', 'bcc', 'audience'] as const;

/** None of its authors lies on the actor's host. PeerTube names the channel beside the account. */
function isByAnother(object: ObjectRef, actorUri: string): boolean {
  const authors = listOf(object.json?.['attributedTo']).slice(0, LIMITS.links).map((entry) => refOf(entry).uri).filter((uri) => uri !== null);
  return authors.length > 0 && !authors.some((author) => sameHost(author, actorUri));
}

function voteOf({ uri, json }: ObjectRef): { uri: string | null; questionUri: string; choice: string } | null {
  if (json === null || !typesOf(json).includes('Note')) return null;
  const choice = textOf(member(json, 'name'), LIMITS.pollOptionChars);
  const questionUri = idOf(member(json, 'inReplyTo'));
  const isEmpty = (textOf(member(json, 'content'), 1) ?? '') === '' && listOf(member(json, 'contentMap')).length === 0;
  return choice === null || questionUri === null || !isEmpty ? null : { uri, questionUri, choice };
}

/** A changed profile, post or stamp: the actor's own, or another's of the same host, whose word that is not. A group's moderator may change the group. */
export const readUpdate: FactsReader = (activity, nesting) => {
  const { object, actorUri } = activity;
  if (object.uri === null) return ignore('missing_object');
  if (!maySpeakOf(object.uri, activity, nesting)) return ignore('foreign_object');
  const types = typesOfRef(object);
  const isAccount = types.some(isActorType) || object.uri === actorUri;
  if (isAccount) return ok({ kind: 'update', what: 'account', object });
  if (isByAnother(object, actorUri) && nesting.groupUri === null) return ignore('foreign_author');
  if (types.some(isNoteType)) return ok({ kind: 'update', what: 'post', object });
  // NodeBB and Discourse before FEP-4f05: what became a Tombstone is deleted.
  if (types.includes('Tombstone')) return ok({ kind: 'delete', what: 'unknown', uri: object.uri, reason: reasonOf(activity) });
  if (stampKindOf(types) !== null) return ok({ kind: 'update', what: 'stamp', object });
  // What does not say what it is, is asked.
  if (types.length === 0) return ok({ kind: 'update', what: 'unknown', object: { uri: object.uri, json: null } });
  return ignore(ruleOfObject(types));
};

/** An id, a Tombstone, the whole object, or the actor itself. A group's moderator may delete what others wrote there. */
export const readDelete: FactsReader = (activity, nesting) => {
  const { object, actorUri } = activity;
  const { uri } = object;
  if (uri === null) return ignore('missing_object');
  const isAccount = uri === actorUri;
  if (!isAccount && nesting.groupUri === null && !sameHost(uri, actorUri)) return ignore('foreign_object');
  const types = typesOfRef(object);
  if (!isAccount && types.some(isActorType)) return ignore('foreign_author');
  const what = isAccount ? 'account' : stampKindOf(types) === null ? 'unknown' : 'stamp';
  return ok({ kind: 'delete', what, uri, reason: reasonOf(activity) });
};

const reasonOf = ({ raw }: IncomingActivity): string => (textOf(member(raw, 'summary'), LIMITS.spoilerChars) ?? '').trim();
