import { changeOf, type Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { AccountChange, AccountProfile } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { accountsByUris } from './account-reads.js';
import { jsonText, plainText, plainTextOrNull, plainTexts } from './safe-values.js';

const PROFILE_COLUMNS = `
  id, username, domain, uri, url, display_name, note, fields, emojis, avatar_url, header_url, actor_type, locked,
  discoverable, indexable, hide_collections, memorial, inbox_url, shared_inbox_url, outbox_url, followers_url,
  following_url, featured_url, also_known_as, moved_to_uri, created_at, fetched_at, suspended_by_origin, suspended_at`;
const PROFILE_VALUES = `
  $1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
  $23, $24::text[], $25, $26, $27, $28, CASE WHEN $28 THEN now() END`;

function profileValues(id: AccountId, profile: AccountProfile): unknown[] {
  return [
    id,
    plainText(profile.username),
    profile.domain === null ? null : plainText(profile.domain).toLowerCase(),
    plainText(profile.uri),
    plainText(profile.url),
    plainText(profile.displayName),
    plainText(profile.note),
    jsonText(profile.fields),
    jsonText(profile.emojis),
    plainTextOrNull(profile.avatarUrl),
    plainTextOrNull(profile.headerUrl),
    profile.actorType,
    profile.locked,
    profile.discoverable,
    profile.indexable,
    profile.hideCollections,
    profile.memorial,
    plainText(profile.inboxUrl),
    plainTextOrNull(profile.sharedInboxUrl),
    plainTextOrNull(profile.outboxUrl),
    plainTextOrNull(profile.followersUrl),
    plainTextOrNull(profile.followingUrl),
    plainTextOrNull(profile.featuredUrl),
    plainTexts(profile.alsoKnownAs),
    plainTextOrNull(profile.movedToUri),
    profile.createdAt,
    profile.fetchedAt,
    profile.suspendedByOrigin ?? false,
  ];
}

/** False when the handle or the uri is taken. */
export async function insertAccount(tx: Queryable, account: AccountProfile & { id: AccountId }): Promise<boolean> {
  const rows = await tx.query(
    `WITH made AS (
       INSERT INTO social.accounts (${PROFILE_COLUMNS}) VALUES (${PROFILE_VALUES}) ON CONFLICT DO NOTHING RETURNING id
     ), stats AS (INSERT INTO social.account_stats (account_id) SELECT id FROM made)
     SELECT id FROM made`,
    profileValues(account.id, account),
  );
  return rows.length === 1;
}

/**
 * Inserts or refreshes by uri. An account that is gone for good stays gone. When another uri holds the handle, the
 * caller has checked in both directions whose it is. `goesOn`: a uri that is new here was set up anew on its server: the row
 * goes on under it, with its followers, posts and whatever was decided about it. Otherwise the other row loses the name.
 */
export async function upsertRemoteAccount(
  tx: Queryable,
  profile: AccountProfile,
  { freshId, goesOn }: { readonly freshId: AccountId; readonly goesOn: boolean },
): Promise<Account> {
  if (profile.domain === null) throw new TypeError(`not a remote account: ${profile.uri}`);
  const handle = [plainText(profile.username).toLowerCase(), plainText(profile.domain).toLowerCase()];
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [handle.join('@')]);
  const merged = await tx.query<{ id: AccountId }>(
    `UPDATE social.accounts SET uri = $3, updated_at = now()
      WHERE $4 AND lower(username) = $1 AND coalesce(domain, '') = $2 AND domain IS NOT NULL AND uri <> $3 AND deleted_at IS NULL
        AND NOT EXISTS (SELECT FROM social.accounts other WHERE other.uri = $3) RETURNING id`,
    [...handle, plainText(profile.uri), goesOn],
  );
  const renamed = await tx.query<{ id: AccountId }>(
    `UPDATE social.accounts SET username = username || '.' || id, updated_at = now()
      WHERE lower(username) = $1 AND coalesce(domain, '') = $2 AND uri <> $3 RETURNING id`,
    [...handle, plainText(profile.uri)],
  );
  await tx.query(
    `WITH made AS (
       INSERT INTO social.accounts (${PROFILE_COLUMNS}) VALUES (${PROFILE_VALUES})
       ON CONFLICT (uri) DO UPDATE SET
         username = excluded.username, domain = excluded.domain, url = excluded.url,
         display_name = excluded.display_name, note = excluded.note, fields = excluded.fields, emojis = excluded.emojis,
         avatar_url = excluded.avatar_url, header_url = excluded.header_url, actor_type = excluded.actor_type,
         locked = excluded.locked, discoverable = excluded.discoverable, indexable = excluded.indexable,
         hide_collections = excluded.hide_collections, memorial = excluded.memorial, inbox_url = excluded.inbox_url,
         shared_inbox_url = excluded.shared_inbox_url, outbox_url = excluded.outbox_url,
         followers_url = excluded.followers_url, following_url = excluded.following_url,
         featured_url = excluded.featured_url, also_known_as = excluded.also_known_as,
         moved_to_uri = excluded.moved_to_uri, fetched_at = excluded.fetched_at, updated_at = now(),
         -- What was decided here stands, whatever the account's own server says.
         suspended_at = CASE WHEN excluded.suspended_by_origin THEN coalesce(accounts.suspended_at, now())
                             WHEN accounts.suspended_by_origin THEN NULL ELSE accounts.suspended_at END,
         suspended_by_origin = excluded.suspended_by_origin AND (accounts.suspended_at IS NULL OR accounts.suspended_by_origin)
       WHERE accounts.deleted_at IS NULL AND accounts.domain IS NOT NULL
       RETURNING id
     )
     INSERT INTO social.account_stats (account_id) SELECT id FROM made ON CONFLICT DO NOTHING`,
    profileValues(freshId, profile),
  );
  const [account] = await accountsByUris(tx, [profile.uri]);
  if (account === undefined) throw new Error(`account ${profile.uri} is gone right after it was written`);
  await changed(tx, [account, ...merged, ...renamed].map(({ id }) => changeOf.account(id)));
  return account;
}

const CHANGE_COLUMNS: { readonly [K in keyof Required<AccountChange>]: string } = {
  displayName: 'display_name',
  note: 'note',
  locked: 'locked',
  discoverable: 'discoverable',
  indexable: 'indexable',
  hideCollections: 'hide_collections',
  actorType: 'actor_type',
  avatarUrl: 'avatar_url',
  headerUrl: 'header_url',
  silencedAt: 'silenced_at',
  suspendedAt: 'suspended_at',
  emojis: 'emojis',
  fields: 'fields',
  alsoKnownAs: 'also_known_as',
  movedToUri: 'moved_to_uri',
};

/** Writes only the members that are given; `undefined` leaves a column alone. */
export async function updateAccount(tx: Queryable, id: AccountId, change: AccountChange): Promise<void> {
  const params: unknown[] = [id];
  const sets = (Object.keys(CHANGE_COLUMNS) as (keyof AccountChange)[]).flatMap((member) => {
    const value = change[member];
    return value === undefined ? [] : [`${CHANGE_COLUMNS[member]} = $${params.push(columnValue(member, value))}`];
  });
  if (sets.length === 0) return;
  // A decision of this server's moderators is theirs to take back.
  if (change.suspendedAt !== undefined) sets.push('suspended_by_origin = false');
  await tx.query(`UPDATE social.accounts SET ${sets.join(', ')}, updated_at = now() WHERE id = $1 AND deleted_at IS NULL`, params);
  await changed(tx, [changeOf.account(id)]);
}

function columnValue(member: keyof AccountChange, value: unknown): unknown {
  if (member === 'emojis' || member === 'fields') return jsonText(value);
  if (Array.isArray(value)) return plainTexts(value.map(String));
  return typeof value === 'string' ? plainText(value) : value;
}

/** A remote account that was deleted may come back: its server takes the deletion back. False: there was nothing to undo. */
export async function reviveAccount(tx: Queryable, id: AccountId): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE social.accounts SET deleted_at = NULL, updated_at = now() WHERE id = $1 AND deleted_at IS NOT NULL AND domain IS NOT NULL RETURNING id',
    [id],
  );
  if (rows.length > 0) await changed(tx, [changeOf.account(id)]);
  return rows.length > 0;
}
