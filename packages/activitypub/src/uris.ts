import { isSnowflake, type AccountId, type Snowflake, type StatusId } from '@trunkline/kernel';
import { INTERACTIONS, type Interaction } from './interaction.js';
import type { LocalActorUris } from './write/types.js';

/*
 * Ids never hold a name: a handle can change, an id never. `base` is our origin without a slash at the end,
 * e.g. `https://social.example`.
 */

export function actorUris(base: string, accountId: AccountId): LocalActorUris {
  const id = `${base}/ap/users/${accountId}`;
  return {
    id,
    inbox: `${base}/inbox/${accountId}`,
    sharedInbox: sharedInboxUri(base),
    outbox: `${id}/outbox`,
    followers: `${id}/followers`,
    following: `${id}/following`,
    featured: `${id}/collections/featured`,
    keyId: `${id}#main-key`,
    proofKeyId: `${id}#ed25519-key`,
  };
}

export const sharedInboxUri = (base: string): string => `${base}/inbox`;

/** The actor that signs our fetches; it can be read without a signature. */
export function instanceActorUris(base: string): Pick<LocalActorUris, 'id' | 'inbox' | 'sharedInbox' | 'outbox' | 'keyId' | 'proofKeyId'> {
  const id = `${base}/actor`;
  return { id, inbox: `${base}/inbox/actor`, sharedInbox: sharedInboxUri(base), outbox: `${id}/outbox`, keyId: `${id}#main-key`, proofKeyId: `${id}#ed25519-key` };
}

/** The name of the instance actor, as Mastodon has it: the host itself. A port, in development, cannot stand in a name. */
export const instanceName = (localDomain: string): string => localDomain.replace(/:[0-9]+$/, '');
export const instanceHandle = (localDomain: string): string => `${instanceName(localDomain)}@${localDomain}`;

/** `activity` is the id of its Create, or of the Announce when the status is a boost; `context` that of the thread it began. */
export function statusUris(base: string, accountId: AccountId, statusId: StatusId): { id: string; activity: string; replies: string; context: string } {
  const id = `${base}/ap/users/${accountId}/statuses/${statusId}`;
  return { id, activity: `${id}/activity`, replies: `${id}/replies`, context: `${id}/context` };
}

/** What a server may ask of an account's followers: those who live there (FEP-8fcf). */
export const followersSyncUri = (base: string, accountId: AccountId): string => `${base}/ap/users/${accountId}/followers_synchronization`;

export const followUri = (base: string, accountId: AccountId, followId: Snowflake): string => `${base}/ap/users/${accountId}/follows/${followId}`;
export const likeUri = (base: string, accountId: AccountId, likeId: Snowflake): string => `${base}/ap/users/${accountId}/likes/${likeId}`;

/** Our Follow of a relay. Nobody asks for it: it is only compared. */
export const relayFollowUri = (base: string, followId: Snowflake): string => `${base}/actor#follows/${followId}`;
/** The consent to a quote, by the id of the quoting status. */
export const quoteStampUri = (base: string, quotedAuthorId: AccountId, statusId: StatusId): string =>
  `${base}/ap/users/${quotedAuthorId}/quote_authorizations/${statusId}`;
/** The request of somebody here to quote, by the id of the quoting status. */
export const quoteRequestUri = (base: string, accountId: AccountId, statusId: StatusId): string => `${base}/ap/users/${accountId}/quote_requests/${statusId}`;

/** The author's consent to a like, an answer or a boost, by the id under which that stands here. */
export const interactionStampUri = (base: string, authorId: AccountId, what: Interaction, interactionId: Snowflake): string =>
  `${base}/ap/users/${authorId}/${what}_authorizations/${interactionId}`;
/** The request of somebody here for leave, by the id of what it is for. */
export const interactionRequestUri = (base: string, accountId: AccountId, what: Interaction, interactionId: Snowflake): string =>
  `${base}/ap/users/${accountId}/${what}_requests/${interactionId}`;

/** `activity` is the id of its Create. Nobody can read either: a vote is between voter and author. */
export function voteUris(base: string, accountId: AccountId, voteId: Snowflake): { id: string; activity: string } {
  const id = `${base}/ap/users/${accountId}/votes/${voteId}`;
  return { id, activity: `${id}/activity` };
}

export type CollectionName = 'outbox' | 'followers' | 'following' | 'featured';

export type LocalUri =
  | { readonly kind: 'instance-actor' }
  | { readonly kind: 'relay-follow'; readonly followId: Snowflake }
  | { readonly kind: 'actor' | 'key'; readonly accountId: AccountId }
  | { readonly kind: 'collection'; readonly accountId: AccountId; readonly name: CollectionName }
  | { readonly kind: 'status' | 'activity' | 'replies' | 'context'; readonly accountId: AccountId; readonly statusId: StatusId }
  | { readonly kind: 'follow'; readonly accountId: AccountId; readonly followId: Snowflake }
  | { readonly kind: 'like'; readonly accountId: AccountId; readonly likeId: Snowflake }
  /** `statusId` is the quoting one; the account is the quoted author of a stamp, the quoting one of a request. */
  | { readonly kind: 'quote-stamp' | 'quote-request'; readonly accountId: AccountId; readonly statusId: StatusId }
  /** As with quotes; the id is that of the favourite, the answer or the boost. */
  | { readonly kind: 'interaction-stamp' | 'interaction-request'; readonly what: Interaction; readonly accountId: AccountId; readonly interactionId: Snowflake };

const COLLECTIONS: ReadonlyMap<string, CollectionName> = new Map([
  ['outbox', 'outbox'],
  ['followers', 'followers'],
  ['following', 'following'],
  ['collections/featured', 'featured'],
]);

/** What one of our own URIs points at; null for foreign ones, for pages, and for ids that never were. */
export function parseLocalUri(base: string, uri: string): LocalUri | null {
  const [url, origin] = [URL.parse(uri), URL.parse(base)];
  if (url === null || origin === null || url.origin !== origin.origin || url.search !== '' || url.username !== '') return null;
  if (url.pathname === '/actor') return instanceActorOrFollow(url.hash);

  const match = /^\/ap\/users\/([0-9]+)(?:\/(.+))?$/.exec(url.pathname);
  const accountId = match?.[1];
  if (!isSnowflake(accountId)) return null;
  const rest = match?.[2];
  if (rest === undefined) return actorOrKey(accountId, url.hash);
  if (url.hash !== '') return null;

  const name = COLLECTIONS.get(rest);
  return name === undefined ? parseBelowActor(accountId, rest) : { kind: 'collection', accountId, name };
}

/** The name on a profile page of ours, `/@name`; null for everything else. Names of our own pages are ours to read. */
export function parseLocalPage(base: string, uri: string): string | null {
  const [url, origin] = [URL.parse(uri), URL.parse(base)];
  if (url === null || origin === null || url.origin !== origin.origin) return null;
  return /^\/@([a-z0-9_]{1,30})\/?$/i.exec(url.pathname)?.[1] ?? null;
}

function instanceActorOrFollow(hash: string): LocalUri | null {
  const followId = /^#follows\/([0-9]+)$/.exec(hash)?.[1];
  if (isSnowflake(followId)) return { kind: 'relay-follow', followId };
  return hash === '' ? { kind: 'instance-actor' } : null;
}

function actorOrKey(accountId: AccountId, hash: string): LocalUri | null {
  if (hash === '') return { kind: 'actor', accountId };
  return hash === '#main-key' || hash === '#ed25519-key' ? { kind: 'key', accountId } : null;
}

function parseBelowActor(accountId: AccountId, rest: string): LocalUri | null {
  const [folder, id, leaf, ...more] = rest.split('/');
  if (!isSnowflake(id) || more.length > 0) return null;
  if (folder === 'statuses' && leaf === undefined) return { kind: 'status', accountId, statusId: id };
  if (folder === 'statuses' && (leaf === 'activity' || leaf === 'replies' || leaf === 'context')) return { kind: leaf, accountId, statusId: id };
  if (leaf !== undefined) return null;
  if (folder === 'quote_authorizations') return { kind: 'quote-stamp', accountId, statusId: id };
  if (folder === 'quote_requests') return { kind: 'quote-request', accountId, statusId: id };
  const interaction = /^([a-z]+)_(authorizations|requests)$/.exec(folder ?? '');
  const what = INTERACTIONS.find((name) => name === interaction?.[1]);
  if (what !== undefined) return { kind: interaction?.[2] === 'requests' ? 'interaction-request' : 'interaction-stamp', what, accountId, interactionId: id };
  if (folder === 'follows') return { kind: 'follow', accountId, followId: id };
  return folder === 'likes' ? { kind: 'like', accountId, likeId: id } : null;
}
