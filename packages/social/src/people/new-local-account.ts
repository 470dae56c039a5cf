import type { AccountId } from '@trunkline/kernel';
import type { AccountProfile } from '../ports/store-rows.js';
import { localAccountUris } from '../statuses/publish-status.js';

/**
 * The account of somebody who joins: their name, addresses made of the id, nothing else said yet. Whoever shows
 * themselves to search engines and directories does so later, by choice.
 * @param username already checked by `checkUsername`
 */
export function newLocalAccount(facts: {
  readonly id: AccountId;
  readonly username: string;
  readonly baseUrl: string;
  readonly now: Date;
}): AccountProfile & { readonly id: AccountId } {
  const { id, username, baseUrl, now } = facts;
  return {
    id,
    username,
    domain: null,
    ...localAccountUris(baseUrl, id, username),
    displayName: '',
    note: '',
    fields: [],
    emojis: [],
    avatarUrl: null,
    headerUrl: null,
    actorType: 'Person',
    locked: false,
    discoverable: null,
    indexable: false,
    hideCollections: null,
    memorial: false,
    alsoKnownAs: [],
    movedToUri: null,
    createdAt: now,
    fetchedAt: null,
  };
}
