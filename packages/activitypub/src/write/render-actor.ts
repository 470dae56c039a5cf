import type { JsonObject } from '../json.js';
import { ACTOR_CONTEXT, isoSeconds, withContext } from './context.js';
import { renderImage, renderTags } from './render-tags.js';
import type { InstanceActorDocument, KeysDocument, LocalActorDocument } from './types.js';

const renderKey = (keyId: string, owner: string, pem: string): JsonObject => ({ id: keyId, owner, publicKeyPem: pem });

/** The RSA key where everybody looks for one, the Ed25519 key as FEP-521a has it. */
const renderKeys = ({ uris, publicKeyPem, proofKeyMultibase }: KeysDocument): JsonObject => ({
  publicKey: renderKey(uris.keyId, uris.id, publicKeyPem),
  assertionMethod: [{ id: uris.proofKeyId, type: 'Multikey', controller: uris.id, publicKeyMultibase: proofKeyMultibase }],
});

/** A local account as an actor document. A suspended one keeps its keys, so that its Deletes can be verified. */
export function renderActor(actor: LocalActorDocument): JsonObject {
  const { uris } = actor;
  return withContext(ACTOR_CONTEXT, {
    id: uris.id,
    type: actor.type,
    preferredUsername: actor.username,
    webfinger: actor.webfinger,
    name: actor.displayName,
    summary: actor.summaryHtml,
    url: actor.url,
    inbox: uris.inbox,
    outbox: uris.outbox,
    followers: uris.followers,
    following: uris.following,
    featured: uris.featured,
    endpoints: { sharedInbox: uris.sharedInbox },
    ...renderKeys(actor),
    manuallyApprovesFollowers: actor.locked,
    discoverable: actor.discoverable,
    indexable: actor.indexable,
    memorial: actor.memorial,
    ...(actor.suspended ? { suspended: true } : {}),
    published: isoSeconds(actor.published),
    alsoKnownAs: [...actor.alsoKnownAs],
    ...(actor.movedTo === null ? {} : { movedTo: actor.movedTo }),
    attachment: actor.fields.map((field) => ({ type: 'PropertyValue', name: field.name, value: field.valueHtml })),
    tag: renderTags({ mentions: [], hashtags: actor.hashtags, emojis: actor.emojis }),
    ...(actor.avatar === null ? {} : { icon: renderImage(actor.avatar) }),
    ...(actor.header === null ? {} : { image: renderImage(actor.header) }),
  });
}

/** The actor that signs fetches. Readable without a signature, or two servers with authorised fetch loop for ever. */
export function renderInstanceActor(actor: InstanceActorDocument): JsonObject {
  const { uris } = actor;
  return withContext(ACTOR_CONTEXT, {
    id: uris.id,
    type: 'Application',
    preferredUsername: actor.username,
    webfinger: actor.webfinger,
    name: actor.displayName,
    url: actor.url,
    inbox: uris.inbox,
    outbox: uris.outbox,
    endpoints: { sharedInbox: uris.sharedInbox },
    ...renderKeys(actor),
    manuallyApprovesFollowers: true,
  });
}

/** What stands at a deleted account's id (with 410): the keys with which peers that still ask check what it said last. */
export const renderGoneActor = (gone: KeysDocument & { readonly deleted: Date }): JsonObject =>
  withContext(ACTOR_CONTEXT, {
    id: gone.uris.id,
    type: 'Tombstone',
    formerType: 'Person',
    deleted: isoSeconds(gone.deleted),
    ...renderKeys(gone),
  });
