import { changeOf, type Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { AccountChange, AccountProfile } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { accountsByUris } from './account-reads.js';
import { jsonText, plainText, plainTexts } from './safe-values.js';

const PROFILE_COLUMNS = `
  id, username, domain, uri, url, display_name, note, fields, emojis, avatar_url, header_url, actor_type, locked,
  discoverable, indexable, hide_collections, memorial, inbox_url, shared_inbox_url, outbox_url, followers_url,
  following_url, featured_url, also_known_as, moved_to_uri, created_at, fetched_at, suspended_by_origin`;
const GIVEN_PROFILES = `json_to_recordset($1::json) AS r (
  id bigint, username text, domain text, uri text, url text, display_name text, note text, fields jsonb, emojis jsonb, avatar_url text, header_url text,
  actor_type text, locked boolean, discoverable boolean, indexable boolean, hide_collections boolean, memorial boolean, inbox_url text,
  shared_inbox_url text, outbox_url text, followers_url text, following_url text, featured_url text, also_known_as text[], moved_to_uri text,
  created_at timestamptz, fetched_at timestamptz, suspended_by_origin boolean)`;
const INSERT_PROFILES = `
  INSERT INTO social.accounts (${PROFILE_COLUMNS}, suspended_at)
  SELECT ${PROFILE_COLUMNS}, CASE WHEN r.suspended_by_origin THEN now() END FROM ${GIVEN_PROFILES}`;

/** What a profile that is read again changes in a standing row. */
const refreshed = (row: string, read: string): string => `
  username = ${read}.username, domain = ${read}.domain, url = ${read}.url,
  display_name = ${read}.display_name, note = ${read}.note, fields = ${read}.fields, emojis = ${read}.emojis,
  avatar_url = ${read}.avatar_url, header_url = ${read}.header_url, actor_type = ${read}.actor_type,
  locked = ${read}.locked, discoverable = ${read}.discoverable, indexable = ${read}.indexable,
  hide_collections = ${read}.hide_collections, memorial = ${read}.memorial, inbox_url = ${read}.inbox_url,
  shared_inbox_url = ${read}.shared_inbox_url, outbox_url = ${read}.outbox_url,
  followers_url = ${read}.followers_url, following_url = ${read}.following_url,
  featured_url = ${read}.featured_url, also_known_as = ${read}.also_known_as,
  moved_to_uri = ${read}.moved_to_uri, fetched_at = ${read}.fetched_at, updated_at = now(),
  -- What was decided here stands, whatever the account's own server says.
  suspended_at = CASE WHEN ${read}.suspended_by_origin THEN coalesce(${row}.suspended_at, now())
                      WHEN ${row}.suspended_by_origin THEN NULL ELSE ${row}.suspended_at END,
  suspended_by_origin = ${read}.suspended_by_origin AND (${row}.suspended_at IS NULL OR ${row}.suspended_by_origin)`;

const columnsOf = (id: AccountId | null, profile: AccountProfile) => ({
  id,
  username: profile.username,
  domain: profile.domain === null ? null : profile.domain.toLowerCase(),
  uri: profile.uri,
  url: profile.url,
  display_name: profile.displayName,
  note: profile.note,
  fields: profile.fields,
  emojis: profile.emojis,
  avatar_url: profile.avatarUrl,
  header_url: profile.headerUrl,
  actor_type: profile.actorType,
  locked: profile.locked,
  discoverable: profile.discoverable,
  indexable: profile.indexable,
  hide_collections: profile.hideCollections,
  memorial: profile.memorial,
  inbox_url: profile.inboxUrl,
  shared_inbox_url: profile.sharedInboxUrl,
  outbox_url: profile.outboxUrl,
  followers_url: profile.followersUrl,
  following_url: profile.followingUrl,
  featured_url: profile.featuredUrl,
  also_known_as: profile.alsoKnownAs,
  moved_to_uri: profile.movedToUri,
  created_at: profile.createdAt,
  fetched_at: profile.fetchedAt,
  suspended_by_origin: profile.suspendedByOrigin ?? false,
});

/** False when the handle or the uri is taken. */
export async function insertAccount(tx: Queryable, account: AccountProfile & { id: AccountId }): Promise<boolean> {
  const rows = await tx.query(
    `WITH made AS (
       ${INSERT_PROFILES} ON CONFLICT DO NOTHING RETURNING id
     ), stats AS (INSERT INTO social.account_stats (account_id) SELECT id FROM made)
     SELECT id FROM made`,
    [jsonText([columnsOf(account.id, account)])],
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
       ${INSERT_PROFILES}
       ON CONFLICT (uri) DO UPDATE SET ${refreshed('accounts', 'excluded')}
       WHERE accounts.deleted_at IS NULL AND accounts.domain IS NOT NULL
       RETURNING id
     )
     INSERT INTO social.account_stats (account_id) SELECT id FROM made ON CONFLICT DO NOTHING`,
    [jsonText([columnsOf(freshId, profile)])],
  );
  const [account] = await accountsByUris(tx, [profile.uri]);
  if (account === undefined) throw new Error(`account ${profile.uri} is gone right after it was written`);
  await changed(tx, [account, ...merged, ...renamed].map(({ id }) => changeOf.account(id)));
  return account;
}

/** Of remote accounts that are here and keep their handles, each once; one that is gone for good stays gone. */
export async function refreshAccounts(tx: Queryable, profiles: readonly AccountProfile[]): Promise<void> {
  if (profiles.length === 0) return;
  const rows = await tx.query<{ id: AccountId }>(
    `WITH standing AS (
       SELECT a.id, r.uri FROM ${GIVEN_PROFILES}
         JOIN social.accounts a ON a.uri = r.uri AND lower(a.username) = lower(r.username) AND a.domain = r.domain
        WHERE a.deleted_at IS NULL ORDER BY a.id FOR UPDATE OF a
     )
     UPDATE social.accounts a SET ${refreshed('a', 'r')}
       FROM standing JOIN ${GIVEN_PROFILES} ON r.uri = standing.uri
      WHERE a.id = standing.id
     RETURNING a.id`,
    [jsonText(profiles.map((profile) => columnsOf(null, profile)))],
  );
  await changed(tx, rows.map(({ id }) => changeOf.account(id)));
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
