import { normaliseHashtag, versionOf } from '@trunkline/domain';
import { idTimeMs, type AccountId, type StatusId } from '@trunkline/kernel';
import type { IdSource, NewStatus } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { moveAccountCounters, moveStatusCounters } from './counters.js';
import { jsonText, plainText, plainTextOrNull, plainTexts } from './safe-values.js';
import { lockUris } from './tombstones.js';

/** A busy second of the past holds hundreds of posts for 65,536 ids: a second draw is rare, a fifth is a bug. */
const ID_DRAWS_MAX = 5;

/** Living answers that everybody may see are counted on the parent, see `counters.ts`. */
export const countsAsReply = (visibility: string): boolean => visibility === 'public' || visibility === 'unlisted';
export const countsForAuthor = (visibility: string): boolean => visibility !== 'direct';

/** The spellings under which a status is found by tag. */
export const tagKeys = (tags: readonly string[]): string[] => [...new Set(tags.map(normaliseHashtag))].filter((key) => key !== '');

/**
 * The row, its mentions, tags and counters; the id under which it stands, or null when it may not stand (see
 * `SocialWrites.insertStatus`).
 */
export async function insertStatus(tx: Queryable, ids: Pick<IdSource, 'at'>, status: NewStatus): Promise<StatusId | null> {
  // A parent and its reply, or a Create and its Delete, that arrive at once must see each other.
  const parentUri = status.inReplyToId === null ? status.inReplyToUri : null;
  if (!status.local) await lockUris(tx, [status.uri, ...(parentUri === null ? [] : [parentUri])]);
  if (status.boostOfId !== null) await lockStats(tx, status.boostOfId);
  for (let draw = 1; draw <= ID_DRAWS_MAX; draw += 1) {
    const id = draw === 1 ? status.id : ids.at(idTimeMs(status.id));
    const conversationId = status.conversationId === status.id ? id : status.conversationId;
    const row = await insertRow(tx, { ...status, id, conversationId });
    if (row !== null) {
      await moveCounters(tx, status, row.inReplyToId);
      return id;
    }
    if (status.local || !(await onlyIdTaken(tx, id, status.uri))) return null;
  }
  throw new Error(`no free id near ${status.id}`);
}

/** Holds off a deletion of the boosted status: it locks this row too, before it looks for boosts. */
const lockStats = (tx: Queryable, statusId: StatusId): Promise<unknown> =>
  tx.query('SELECT status_id FROM social.status_stats WHERE status_id = $1 FOR UPDATE', [statusId]);

async function onlyIdTaken(tx: Queryable, id: StatusId, uri: string): Promise<boolean> {
  const [found] = await tx.query<{ taken: boolean; known: boolean }>(
    `SELECT EXISTS (SELECT FROM social.statuses WHERE id = $1) AS taken,
            EXISTS (SELECT FROM social.statuses WHERE uri = $2) AS known`,
    [id, plainText(uri)],
  );
  return found !== undefined && found.taken && !found.known;
}

const INSERT_SQL = `
  WITH made AS (
    INSERT INTO social.statuses (
      id, account_id, uri, url, local, content, text, spoiler_text, sensitive, visibility, language, in_reply_to_id,
      in_reply_to_account_id, in_reply_to_uri, boost_of_id, conversation_id, conversation_uri, application_name,
      application_website, media, emojis, tags, created_at, edited_at)
    SELECT $1::bigint, $2::bigint, $3::text, $4::text, $5::boolean, $6::text, $7::text, $8::text, $9::boolean, $10::text,
           $11::text, coalesce($12::bigint, parent.id), coalesce($13::bigint, parent.account_id),
           CASE WHEN $12::bigint IS NULL AND parent.id IS NULL THEN $14::text END, $15::bigint,
           coalesce(parent.conversation_id, $16::bigint), $17::text, $18::text, $19::text, $20::jsonb, $21::jsonb,
           $22::text[], $23::timestamptz, $27::timestamptz
      FROM (SELECT) AS one
      LEFT JOIN social.statuses parent ON $12::bigint IS NULL AND parent.uri = $14::text
     WHERE NOT EXISTS (SELECT FROM social.tombstones t JOIN social.accounts a ON a.uri = t.actor_uri
                        WHERE t.uri = $3::text AND a.id = $2::bigint)
       AND ($15::bigint IS NULL OR EXISTS (SELECT FROM social.statuses b WHERE b.id = $15::bigint AND b.deleted_at IS NULL))
    ON CONFLICT DO NOTHING
    RETURNING id, in_reply_to_id
  ), stats AS (
    INSERT INTO social.status_stats (status_id) SELECT id FROM made
  ), named AS (
    INSERT INTO social.mentions (status_id, account_id, silent)
    SELECT made.id, m.account_id, bool_and(m.silent) FROM made, unnest($24::bigint[], $25::boolean[]) AS m (account_id, silent)
     GROUP BY made.id, m.account_id
  ), tagged AS (
    INSERT INTO social.status_tags (tag, status_id) SELECT tag, made.id FROM made, unnest($26::text[]) AS tag
  )
  SELECT in_reply_to_id AS "inReplyToId" FROM made`;

async function insertRow(tx: Queryable, status: NewStatus): Promise<{ inReplyToId: StatusId | null } | null> {
  const rows = await tx.query<{ inReplyToId: StatusId | null }>(INSERT_SQL, [
    status.id,
    status.accountId,
    plainText(status.uri),
    plainText(status.url),
    status.local,
    plainText(status.content),
    plainTextOrNull(status.text),
    plainText(status.spoilerText),
    status.sensitive,
    status.visibility,
    plainTextOrNull(status.language),
    status.inReplyToId,
    status.inReplyToAccountId,
    plainTextOrNull(status.inReplyToUri),
    status.boostOfId,
    status.conversationId,
    plainTextOrNull(status.conversationUri),
    plainTextOrNull(status.applicationName),
    plainTextOrNull(status.applicationWebsite),
    jsonText(status.media),
    jsonText(status.emojis),
    plainTexts(status.tags),
    status.createdAt,
    status.mentions.map((mention) => mention.accountId),
    status.mentions.map((mention) => mention.silent),
    plainTexts(tagKeys(status.tags)),
    status.editedAt ?? null,
  ]);
  return rows[0] ?? null;
}

async function moveCounters(
  tx: Queryable,
  status: { readonly accountId: AccountId; readonly visibility: string; readonly boostOfId: StatusId | null; readonly createdAt: Date },
  parentId: StatusId | null,
): Promise<void> {
  if (status.boostOfId !== null) {
    await moveStatusCounters(tx, [{ statusId: status.boostOfId, boosts: 1 }]);
    await changed(tx, [versionOf.marks(status.accountId)]);
  }
  if (parentId !== null && countsAsReply(status.visibility)) await moveStatusCounters(tx, [{ statusId: parentId, replies: 1 }]);
  if (countsForAuthor(status.visibility)) {
    await moveAccountCounters(tx, [{ accountId: status.accountId, statuses: 1, lastStatusAt: status.createdAt }]);
  }
}
