import type { Mention, Status } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import type { Queryable } from '../database.js';
import { plainTexts } from './safe-values.js';

/** A status with its counters and the people it names: one statement for a whole page. */
const STATUS_SQL = `
  SELECT s.id, s.account_id AS "accountId", s.uri, s.url, s.local, s.content, s.text, s.spoiler_text AS "spoilerText",
         s.sensitive, s.visibility, s.language, s.in_reply_to_id AS "inReplyToId",
         s.in_reply_to_account_id AS "inReplyToAccountId", s.in_reply_to_uri AS "inReplyToUri",
         s.boost_of_id AS "boostOfId", s.conversation_id AS "conversationId", s.application_name AS "applicationName",
         s.application_website AS "applicationWebsite", s.media, s.emojis, s.tags,
         coalesce(st.replies_count, 0) AS "repliesCount", coalesce(st.boosts_count, 0) AS "boostsCount",
         coalesce(st.favourites_count, 0) AS "favouritesCount", s.created_at AS "createdAt",
         s.edited_at AS "editedAt", s.deleted_at AS "deletedAt",
         (SELECT json_agg(json_build_object('accountId', m.account_id::text, 'username', a.username, 'domain', a.domain,
                                            'uri', a.uri, 'url', a.url, 'silent', m.silent) ORDER BY m.account_id)
            FROM social.mentions m JOIN social.accounts a ON a.id = m.account_id
           WHERE m.status_id = s.id) AS mentions
    FROM social.statuses s LEFT JOIN social.status_stats st ON st.status_id = s.id`;

type Counters = 'repliesCount' | 'boostsCount' | 'favouritesCount';
type StatusRow = Omit<Status, Counters | 'mentions'> & Record<Counters, string> & { readonly mentions: Mention[] | null };

const toStatus = (row: StatusRow): Status => ({
  ...row,
  mentions: row.mentions ?? [],
  repliesCount: Number(row.repliesCount),
  boostsCount: Number(row.boostsCount),
  favouritesCount: Number(row.favouritesCount),
});

export async function statusesByIds(db: Queryable, ids: readonly StatusId[]): Promise<Status[]> {
  if (ids.length === 0) return [];
  const rows = await db.query<StatusRow>(`${STATUS_SQL} WHERE s.id = ANY($1::bigint[]) LIMIT $2`, [ids, ids.length]);
  return rows.map(toStatus);
}

export async function statusesByUris(db: Queryable, uris: readonly string[]): Promise<Status[]> {
  if (uris.length === 0) return [];
  const rows = await db.query<StatusRow>(`${STATUS_SQL} WHERE s.uri = ANY($1::text[]) LIMIT $2`, [plainTexts(uris), uris.length]);
  return rows.map(toStatus);
}
