import type { Account, ProfileField } from '@trunkline/domain';
import { currentEmojis } from './remote-emojis.js';

/** Columns of `social.accounts a` with its counters `st`, named as the domain names them. */
export const ACCOUNT_COLUMNS = `
  a.id, a.username, a.domain, a.uri, a.url, a.display_name AS "displayName", a.note, a.fields, ${currentEmojis('a', 'a.domain IS NOT NULL')},
  a.avatar_url AS "avatarUrl", a.header_url AS "headerUrl", a.actor_type AS "actorType", a.locked, a.discoverable,
  a.indexable, a.hide_collections AS "hideCollections", a.memorial, a.inbox_url AS "inboxUrl",
  a.shared_inbox_url AS "sharedInboxUrl", a.outbox_url AS "outboxUrl", a.followers_url AS "followersUrl",
  a.following_url AS "followingUrl", a.featured_url AS "featuredUrl", a.also_known_as AS "alsoKnownAs",
  a.moved_to_uri AS "movedToUri", coalesce(st.followers_count, 0) AS "followersCount",
  coalesce(st.following_count, 0) AS "followingCount", coalesce(st.statuses_count, 0) AS "statusesCount",
  st.last_status_at AS "lastStatusAt", a.created_at AS "createdAt", a.updated_at AS "updatedAt",
  a.fetched_at AS "fetchedAt", a.silenced_at AS "silencedAt", a.suspended_at AS "suspendedAt", a.deleted_at AS "deletedAt"`;

export const ACCOUNT_FROM = 'social.accounts a LEFT JOIN social.account_stats st ON st.account_id = a.id';

type Counters = 'followersCount' | 'followingCount' | 'statusesCount';

/** bigint columns come as text, jsonb holds dates as text. */
export type AccountRow = Omit<Account, Counters | 'fields'> & Record<Counters, string> & {
  readonly fields: readonly { name: string; value: string; verifiedAt: string | null }[];
};

export const toAccount = (row: AccountRow): Account => ({
  ...row,
  fields: row.fields.map(toField),
  followersCount: Number(row.followersCount),
  followingCount: Number(row.followingCount),
  statusesCount: Number(row.statusesCount),
});

const toField = (field: AccountRow['fields'][number]): ProfileField => ({
  name: field.name,
  value: field.value,
  verifiedAt: field.verifiedAt === null ? null : new Date(field.verifiedAt),
});
