import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { Queryable } from '@trunkline/persistence';

/**
 * What the home timeline of somebody shows, newest first, by one statement that shares nothing with the rules or the
 * feeds of the server: the home timeline, or that of a list ($5). $1: the reader, $2: suspended hosts, $3: how many, $4: silenced hosts. Fewer than forty entries between boosts of the same are taken as given.
 */
const oracle = (isList: boolean): string => `
  WITH f AS (SELECT target_account_id AS id, show_boosts, languages FROM social.follows WHERE account_id = $1),
       apart AS (SELECT target_account_id AS id FROM social.blocks WHERE account_id = $1 UNION SELECT account_id FROM social.blocks WHERE target_account_id = $1),
       unwanted AS (SELECT target_account_id AS id FROM social.blocks WHERE account_id = $1
                    UNION SELECT target_account_id FROM social.mutes WHERE account_id = $1 AND (expires_at IS NULL OR expires_at > now())),
       seen AS (
         SELECT s.* FROM social.statuses s JOIN social.accounts a ON a.id = s.account_id
          WHERE s.deleted_at IS NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL AND (a.domain IS NULL OR a.domain <> ALL ($2::text[]))
            AND (s.account_id = $1 OR (s.account_id NOT IN (SELECT id FROM apart)
              AND (s.visibility IN ('public', 'unlisted') OR $1 IN (SELECT m.account_id FROM social.mentions m WHERE m.status_id = s.id)
                   OR (s.visibility = 'private' AND s.account_id IN (SELECT id FROM f)))))
       ),
       named AS (SELECT m.status_id FROM social.mentions m WHERE m.account_id <> $1 AND m.account_id IN (SELECT id FROM unwanted)),
       muted AS (SELECT target_account_id AS id FROM social.mutes WHERE account_id = $1 AND (expires_at IS NULL OR expires_at > now())),
       members AS (SELECT m.member_id AS id FROM social.list_members m WHERE m.list_id = $5),
       exclusives AS (SELECT m.member_id AS id FROM social.list_members m JOIN social.lists l ON l.id = m.list_id WHERE l.account_id = $1 AND l.exclusive),
       shown AS (
         SELECT s.id, s.boost_of_id FROM seen s LEFT JOIN f ON f.id = s.account_id LEFT JOIN seen b ON b.id = s.boost_of_id
           LEFT JOIN social.accounts ba ON ba.id = b.account_id
          WHERE (s.boost_of_id IS NULL OR b.id IS NOT NULL)
            AND ${isList ? LIST_RULES : `(s.account_id = $1 OR s.account_id NOT IN (SELECT id FROM exclusives)) AND $5::bigint IS NULL`}
            AND (s.account_id = $1 OR (
              f.id IS NOT NULL AND s.account_id NOT IN (SELECT id FROM muted)
              AND (f.languages IS NULL OR s.language IS NULL OR s.language = ANY (f.languages))
              AND s.id NOT IN (SELECT status_id FROM named)
              AND CASE WHEN s.boost_of_id IS NOT NULL THEN f.show_boosts AND (b.account_id = $1 OR (
                         b.account_id NOT IN (SELECT id FROM muted) AND b.id NOT IN (SELECT status_id FROM named)
                         AND ((ba.silenced_at IS NULL AND (ba.domain IS NULL OR ba.domain <> ALL ($4::text[]))) OR b.account_id IN (SELECT id FROM f))))
                       WHEN s.in_reply_to_id IS NULL AND s.in_reply_to_uri IS NULL THEN true
                       ELSE coalesce(s.in_reply_to_account_id IN ($1, s.account_id) OR s.in_reply_to_account_id IN (SELECT id FROM f), false) END))
       )
  SELECT s.id FROM shown s
   WHERE s.boost_of_id IS NULL OR NOT EXISTS (SELECT FROM shown o WHERE o.id < s.id AND (o.id = s.boost_of_id OR o.boost_of_id = s.boost_of_id))
   ORDER BY s.id DESC LIMIT $3`;

/** Of members alone, and of their answers those that the list shows. */
const LIST_RULES = `s.account_id <> $1 AND s.account_id IN (SELECT id FROM members)
            AND (s.boost_of_id IS NOT NULL OR s.in_reply_to_account_id IS NULL OR s.in_reply_to_account_id IN ($1, s.account_id)
                 OR (SELECT CASE l.replies_policy WHEN 'followed' THEN true WHEN 'list' THEN s.in_reply_to_account_id IN (SELECT id FROM members) ELSE false END FROM social.lists l WHERE l.id = $5))`;

/** Of a reader: the home timeline, or that of one of their lists. */
export async function homeByOracle(db: Queryable, readerId: AccountId, hosts: { readonly suspended: readonly string[]; readonly silenced: readonly string[] }, limit: number, listId: Snowflake | null = null): Promise<StatusId[]> {
  const rows = await db.query<{ id: StatusId }>(oracle(listId !== null), [readerId, hosts.suspended, limit, hosts.silenced, listId]);
  return rows.map((row) => row.id);
}
