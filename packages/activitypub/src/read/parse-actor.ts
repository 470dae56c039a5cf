import { fail, ok, type Result } from '@trunkline/kernel';
import { httpUri, normalizeHost, sameHost, sameSite } from '../hosts.js';
import { flagOf, isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { cleanDocument, dateOf, typesOf } from './document.js';
import { parseKeys, parseMultikeys } from './parse-keys.js';
import { parseTags } from './parse-tags.js';
import { audienceList, idOf, linksOf, pageLinkOf } from './references.js';
import type { ActorType, ReadFailure, RemoteActor } from './types.js';

const ACTOR_TYPES: readonly ActorType[] = ['Person', 'Service', 'Application', 'Group', 'Organization'];

/** Letters of any script, since a name only has to be clear on its own server; nothing that ends or splits a handle. */
const USERNAME = /^[\p{L}\p{N}\p{M}_~.-]{1,255}$/u;

/** Whether the type is one of an actor: tells an actor from a post in Update and Delete. */
export const isActorType = (type: string): type is ActorType => ACTOR_TYPES.some((known) => known === type);

/**
 * Reads an actor document. The inbox must lie on the id's host (as Misskey demands; all 72 captured actors do),
 * other collections and keys are dropped when they do not. The caller checks that the document came from its `uri`.
 *
 * @returns `missing_inbox` also for key documents and stub actors (GotoSocial's answer on a keyId): these must not
 *   replace a stored profile; `parsePublicKeys` reads them
 */
export function parseActor(json: unknown): Result<RemoteActor, ReadFailure> {
  const document = cleanDocument(json);
  if (!document.ok) return document;
  const raw = document.value;

  const type = typesOf(raw).find(isActorType);
  if (type === undefined) return fail({ code: 'wrong_type' });
  const uri = httpUri(member(raw, 'id'));
  if (uri === null) return fail({ code: 'missing_id' });
  const inbox = idOf(member(raw, 'inbox'));
  if (inbox === null) return fail({ code: 'missing_inbox' });
  if (!sameHost(inbox, uri)) return fail({ code: 'host_mismatch', context: { uri, inbox } });
  const webfingerHandle = readHandle(raw);
  const username = member(raw, 'preferredUsername') ?? webfingerHandle?.split('@')[0];
  if (typeof username !== 'string' || !USERNAME.test(username)) return fail({ code: 'missing_username' });

  const ownUri = (name: string): string | null => onHost(idOf(member(raw, name)), uri);
  const page = pageLinkOf(member(raw, 'url'));
  return ok({
    uri,
    type,
    username,
    webfingerHandle,
    displayName: (textOf(member(raw, 'name'), LIMITS.nameChars) ?? '').trim(),
    summaryHtml: textOf(member(raw, 'summary'), LIMITS.summaryChars) ?? '',
    url: page !== null && sameSite(page, uri) ? page : uri,
    inbox,
    sharedInbox: onHost(readSharedInbox(raw), uri),
    outbox: ownUri('outbox'),
    followers: ownUri('followers'),
    following: ownUri('following'),
    featured: ownUri('featured'),
    publicKeys: parseKeys(raw, uri),
    avatarUrl: linksOf(member(raw, 'icon'))[0]?.href ?? null,
    headerUrl: linksOf(member(raw, 'image'))[0]?.href ?? null,
    ...readFlags(raw, type),
    alsoKnownAs: audienceList(member(raw, 'alsoKnownAs')).slice(0, LIMITS.aliases),
    movedTo: idOf(member(raw, 'movedTo')),
    fields: readFields(raw),
    emojis: parseTags(member(raw, 'tag')).emojis,
    published: dateOf(member(raw, 'published')),
    updated: dateOf(member(raw, 'updated')),
    featuredTags: ownUri('featuredTags'),
    multikeys: parseMultikeys(raw, uri),
    attributionDomains: readDomains(raw),
    moderators: type === 'Group' ? onHost(idOf(member(raw, 'attributedTo')) ?? idOf(member(raw, 'moderators')), uri) : null,
    postingRestrictedToMods: flagOf(member(raw, 'postingRestrictedToMods')),
    hiddenFromVisitors: HIDING.some((name) => flagOf(member(raw, name))),
  });
}

/** GotoSocial's and Misskey's wishes for visitors who are not signed in. */
const HIDING = ['hidesToPublicFromUnauthedWeb', '_misskey_requireSigninToViewContents'] as const;

function readDomains(raw: JsonObject): readonly string[] {
  const texts = listOf(member(raw, 'attributionDomains')).slice(0, LIMITS.aliases).filter((entry) => typeof entry === 'string');
  return [...new Set(texts.map(normalizeHost).filter((host) => host !== null))];
}

const onHost = (uri: string | null, actorUri: string): string | null => (uri !== null && sameHost(uri, actorUri) ? uri : null);

/** Misskey and Discourse repeat the shared inbox at the top level. */
function readSharedInbox(raw: JsonObject): string | null {
  const endpoints = member(raw, 'endpoints');
  const listed = isJsonObject(endpoints) ? httpUri(member(endpoints, 'sharedInbox')) : null;
  return listed ?? httpUri(member(raw, 'sharedInbox'));
}

function readHandle(raw: JsonObject): string | null {
  const text = (textOf(member(raw, 'webfinger'), LIMITS.nameChars) ?? '').trim().replace(/^(?:acct:)?@?/, '');
  return /^[^@\s/]+@[^@\s/]+$/.test(text) ? text : null;
}

function readFlags(raw: JsonObject, type: ActorType) {
  const discoverable = member(raw, 'discoverable');
  return {
    locked: flagOf(member(raw, 'manuallyApprovesFollowers')),
    discoverable: discoverable === undefined || discoverable === null ? null : flagOf(discoverable),
    indexable: flagOf(member(raw, 'indexable')),
    bot: type === 'Service' || type === 'Application',
    group: type === 'Group',
    memorial: flagOf(member(raw, 'memorial')),
    suspended: flagOf(member(raw, 'suspended')),
  };
}

function readFields(raw: JsonObject): { name: string; value: string }[] {
  return listOf(member(raw, 'attachment'))
    .slice(0, LIMITS.tags)
    .filter(isJsonObject)
    .filter((entry) => typesOf(entry).some((type) => type.replace(/^.*[:#/]/, '') === 'PropertyValue'))
    .slice(0, LIMITS.fields)
    .map((entry) => ({
      name: textOf(member(entry, 'name'), LIMITS.fieldChars) ?? '',
      value: textOf(member(entry, 'value'), LIMITS.fieldChars) ?? '',
    }))
    .filter((field) => field.name.trim() !== '');
}
