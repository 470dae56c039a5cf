import { fail, ok, type Failure, type Result } from '@trunkline/kernel';
import { isJsonObject, member, type JsonObject } from '../json.js';
import { activityFacts } from './activity/activity-facts.js';
import { isActivityType, ruleOfObject } from './activity/known-types.js';
import type { ActivityFacts, IgnoreRule } from './activity/types.js';
import { cleanDocument, hasContext, typesOf } from './document.js';
import { isNoteType } from './note-content.js';
import { parseActivity } from './parse-activity.js';
import { isActorType, parseActor } from './parse-actor.js';
import { parseCollectionPage } from './parse-collection.js';
import { parsePublicKeys } from './parse-keys.js';
import { parseNodeInfo, parseNodeInfoLinks } from './parse-nodeinfo.js';
import { parseNote } from './parse-note.js';
import { parseStamp, parseTombstone, stampKindOf } from './parse-stamp.js';
import { parseWebfinger } from './parse-webfinger.js';
import type { CollectionPage, IncomingActivity, NodeInfo, ReadFailureCode, RemoteActor, RemoteNote, RemotePublicKey, RemoteStamp, RemoteTombstone, WebfingerAnswer } from './types.js';

export type AnyDocument =
  | { readonly kind: 'actor'; readonly actor: RemoteActor }
  | { readonly kind: 'post'; readonly post: RemoteNote }
  | { readonly kind: 'activity'; readonly activity: IncomingActivity; readonly facts: ActivityFacts }
  | { readonly kind: 'collection'; readonly page: CollectionPage }
  | { readonly kind: 'keys'; readonly keys: readonly RemotePublicKey[] }
  | { readonly kind: 'stamp'; readonly stamp: RemoteStamp }
  | { readonly kind: 'tombstone'; readonly tombstone: RemoteTombstone }
  | { readonly kind: 'webfinger'; readonly answer: WebfingerAnswer }
  | { readonly kind: 'nodeinfo'; readonly info: NodeInfo }
  | { readonly kind: 'nodeinfo-links'; readonly url: string };

/** `unknown_type` means "not understood", everything else a rule that was meant. */
export type DocumentRule = ReadFailureCode | IgnoreRule | 'json_ld_context' | 'json_ld_form';
export type RefusedDocument = Failure<DocumentRule>;

/**
 * Reads a document of which nothing is known, by the reader of its kind: what a pasted address answered, or a file of a
 * collected corpus. Proves nothing, as each reader says of itself.
 *
 * @returns `json_ld_context` for those, which nothing here loads, and `json_ld_form` for what is expanded or compacted
 *   otherwise than everybody sends it: names are read as they stand
 */
export function readDocument(json: unknown): Result<AnyDocument, RefusedDocument> {
  // Before cleaning, which refuses the keywords that only contexts may define.
  if (isJsonObject(json) && member(json, 'type') === undefined && isJsonObject(member(json, '@context'))) return fail({ code: 'json_ld_context' });
  const document = cleanDocument(json);
  if (!document.ok) return document;
  const raw = document.value;
  return typesOf(raw).length > 0 ? readTyped(raw) : readUntyped(raw);
}

type Read = Result<AnyDocument, RefusedDocument>;

/** Actors before activities: some say both Person and something else. */
function readTyped(raw: JsonObject): Read {
  const types = typesOf(raw);
  if (types.some(isActorType)) return readActor(raw);
  if (types.some(isNoteType)) return as(parseNote(raw), (post) => ({ kind: 'post', post }));
  if (types.some((type) => /^(?:Ordered)?Collection(?:Page)?$/.test(type))) return as(parseCollectionPage(raw), (page) => ({ kind: 'collection', page }));
  if (stampKindOf(types) !== null) return as(parseStamp(raw), (stamp) => ({ kind: 'stamp', stamp }));
  if (types.includes('Tombstone')) return as(parseTombstone(raw), (tombstone) => ({ kind: 'tombstone', tombstone }));
  if (types.some(isActivityType)) return readActivityDocument(raw);
  if (member(raw, 'publicKeyPem') !== undefined) return as(parsePublicKeys(raw), (keys) => ({ kind: 'keys', keys }));
  // Before asking for an actor: Pleroma's chats name one too.
  const rule = ruleOfObject(types);
  if (rule === 'unknown_type' && member(raw, 'actor') !== undefined) return readActivityDocument(raw);
  return fail({ code: rule === 'unknown_type' && !hasContext(raw) ? 'missing_context' : rule });
}

/** A stub with a key and no inbox is GotoSocial's answer on a keyId. */
function readActor(raw: JsonObject): Read {
  const actor = parseActor(raw);
  if (actor.ok) return ok({ kind: 'actor', actor: actor.value });
  const keys = actor.error.code === 'missing_inbox' ? parsePublicKeys(raw) : actor;
  return keys.ok ? ok({ kind: 'keys', keys: keys.value }) : actor;
}

function readActivityDocument(raw: JsonObject): Read {
  const activity = parseActivity(raw);
  if (!activity.ok) return activity;
  return as(activityFacts(activity.value), (facts) => ({ kind: 'activity', activity: activity.value, facts }));
}

function readUntyped(raw: JsonObject): Read {
  if (member(raw, 'subject') !== undefined) return as(parseWebfinger(raw), (answer) => ({ kind: 'webfinger', answer }));
  if (member(raw, 'software') !== undefined) return as(parseNodeInfo(raw), (info) => ({ kind: 'nodeinfo', info }));
  if (member(raw, 'links') !== undefined) return as(parseNodeInfoLinks(raw), (url) => ({ kind: 'nodeinfo-links', url }));
  if (member(raw, 'publicKeyPem') !== undefined) return as(parsePublicKeys(raw), (keys) => ({ kind: 'keys', keys }));
  return fail({ code: isOtherForm(raw) ? 'json_ld_form' : 'missing_type' });
}

/** It says what it is by a keyword, or by names that hold a vocabulary. */
const isOtherForm = (raw: JsonObject): boolean =>
  member(raw, '@type') !== undefined || Object.keys(raw).some((name) => name.startsWith('https://www.w3.org/ns/activitystreams#') || name.startsWith('as:'));

const as = <T>(result: Result<T, RefusedDocument>, wrap: (value: T) => AnyDocument): Read => (result.ok ? ok(wrap(result.value)) : result);
