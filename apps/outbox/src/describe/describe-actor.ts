import { actorUris, multikeyOfPem, type KeysDocument, type LocalActorDocument, type LocalEmoji } from '@trunkline/activitypub';
import { formatField, formatNote, type Account, type CustomEmoji, type FormatContext } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { SigningKeyPair } from '@trunkline/persistence';
import { portHostsOf, type SocialSettings } from '@trunkline/social';
import { mediaTypeOf } from './media-type.js';

/** `user@host` of a local account, as WebFinger says it. */
export const handleOf = (settings: SocialSettings, account: Pick<Account, 'username'>): string => `${account.username}@${settings.localDomain}`;

/** What of an actor's keys anybody may know. */
export type PublicKeys = Omit<KeysDocument, 'uris'>;

interface KeyRows {
  getOrCreate(accountId: AccountId): Promise<Pick<SigningKeyPair, 'publicKeyPem'>>;
}

/** Both keys of an account, made now when there are none. */
export async function publicKeysOf(rows: { readonly account: KeyRows; readonly proof: KeyRows }, accountId: AccountId): Promise<PublicKeys> {
  const [{ publicKeyPem }, proof] = [await rows.account.getOrCreate(accountId), await rows.proof.getOrCreate(accountId)];
  return { publicKeyPem, proofKeyMultibase: multikeyOfPem(proof.publicKeyPem) };
}

/** A local account as its actor document needs it; of a suspended one, nothing that its owner wrote. */
export function describeActor(settings: SocialSettings, person: Account, keys: PublicKeys): LocalActorDocument {
  const account = person.suspendedAt === null ? person : { ...person, ...EMPTY_PROFILE };
  const context: FormatContext = { baseUrl: settings.baseUrl, mentions: new Map(), portHosts: portHostsOf(settings) };
  return {
    uris: actorUris(settings.baseUrl, account.id),
    type: actorTypeOf(account),
    username: account.username,
    webfinger: handleOf(settings, account),
    url: account.url,
    displayName: account.displayName,
    summaryHtml: formatNote(account.note, context),
    ...keys,
    locked: account.locked,
    discoverable: account.discoverable ?? false,
    indexable: account.indexable,
    memorial: account.memorial,
    suspended: account.suspendedAt !== null,
    published: account.createdAt,
    avatar: imageOf(account.avatarUrl),
    header: imageOf(account.headerUrl),
    fields: account.fields.map(({ name, value }) => ({ name, valueHtml: formatField(value, context) })),
    emojis: describeEmojis(account.emojis, account.updatedAt),
    hashtags: [],
    alsoKnownAs: account.alsoKnownAs,
    movedTo: account.movedToUri,
  };
}

const EMPTY_PROFILE = { displayName: '', note: '', fields: [], emojis: [], avatarUrl: null, headerUrl: null, discoverable: false, indexable: false } as const;

const actorTypeOf = ({ actorType }: Account): LocalActorDocument['type'] =>
  actorType === 'Service' || actorType === 'Group' ? actorType : 'Person';

const imageOf = (url: string | null): LocalActorDocument['avatar'] =>
  url === null ? null : { url, mediaType: mediaTypeOf(url, 'image/png') };

/** Emojis have no document of their own: their picture stands for them. */
export const describeEmojis = (emojis: readonly CustomEmoji[], updatedAt: Date): LocalEmoji[] =>
  emojis.map(({ shortcode, url }) => ({ shortcode, uri: url, url, mediaType: mediaTypeOf(url, 'image/png'), updatedAt }));
