import { changeOf } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import type { IdSource, StatusEdit, StatusEditRow } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { tagKeys } from './insert-statuses.js';
import { jsonText, plainText, plainTextOrNull, plainTexts } from './safe-values.js';

/**
 * The former text goes into `status_edits`, dated when it was written. People who are named no more become silent
 * mentions: they have seen the status, and Deletes still have to reach them.
 */
export async function editStatus(tx: Queryable, ids: Pick<IdSource, 'next'>, statusId: StatusId, edit: StatusEdit): Promise<boolean> {
  const [newer] = await tx.query(
    `SELECT id FROM social.statuses
      WHERE id = $1 AND deleted_at IS NULL AND boost_of_id IS NULL AND coalesce(edited_at, created_at) < $2
        FOR UPDATE`,
    [statusId, edit.editedAt],
  );
  if (newer === undefined) return false;
  await tx.query(
    `INSERT INTO social.status_edits (id, status_id, content, text, spoiler_text, sensitive, media, emojis, created_at)
     SELECT $2, id, content, text, spoiler_text, sensitive, media, emojis, coalesce(edited_at, created_at)
       FROM social.statuses WHERE id = $1`,
    [statusId, ids.next()],
  );
  await tx.query(
    `UPDATE social.statuses
        SET content = $2, text = $3, spoiler_text = $4, sensitive = $5, language = $6, media = $7::jsonb,
            emojis = $8::jsonb, tags = $9::text[], edited_at = $10
      WHERE id = $1`,
    [
      statusId,
      plainText(edit.content),
      plainTextOrNull(edit.text),
      plainText(edit.spoilerText),
      edit.sensitive,
      plainTextOrNull(edit.language),
      jsonText(edit.media),
      jsonText(edit.emojis),
      plainTexts(edit.tags),
      edit.editedAt,
    ],
  );
  await replaceMentions(tx, statusId, edit.mentions);
  await replaceTags(tx, statusId, edit.tags);
  await changed(tx, [changeOf.status(statusId)]);
  return true;
}

/** Whom it names no more was named: they stay, silently. */
export async function replaceMentions(tx: Queryable, statusId: StatusId, mentions: StatusEdit['mentions']): Promise<void> {
  const accountIds = mentions.map((mention) => mention.accountId);
  await tx.query(
    `UPDATE social.mentions SET silent = true WHERE status_id = $1 AND NOT silent AND account_id <> ALL ($2::bigint[])`,
    [statusId, accountIds],
  );
  await tx.query(
    `INSERT INTO social.mentions (status_id, account_id, silent)
     SELECT $1, account_id, bool_and(silent) FROM unnest($2::bigint[], $3::boolean[]) AS m (account_id, silent) GROUP BY account_id
     ON CONFLICT (status_id, account_id) DO UPDATE SET silent = excluded.silent`,
    [statusId, accountIds, mentions.map((mention) => mention.silent)],
  );
}

/** People whom it named and who are known only now: the others stay as they are. */
export async function addMentions(tx: Queryable, statusId: StatusId, mentions: StatusEdit['mentions']): Promise<void> {
  const added = await tx.query(
    `INSERT INTO social.mentions (status_id, account_id, silent)
     SELECT s.id, m.account_id, bool_and(m.silent) FROM social.statuses s, unnest($2::bigint[], $3::boolean[]) AS m (account_id, silent)
      WHERE s.id = $1 AND s.deleted_at IS NULL GROUP BY s.id, m.account_id
     ON CONFLICT (status_id, account_id) DO NOTHING RETURNING account_id`,
    [statusId, mentions.map((mention) => mention.accountId), mentions.map((mention) => mention.silent)],
  );
  if (added.length > 0) await changed(tx, [changeOf.status(statusId)]);
}

export async function replaceTags(tx: Queryable, statusId: StatusId, tags: readonly string[]): Promise<void> {
  const keys = plainTexts(tagKeys(tags));
  await tx.query('DELETE FROM social.status_tags WHERE status_id = $1 AND tag <> ALL ($2::text[])', [statusId, keys]);
  await tx.query(
    `INSERT INTO social.status_tags (tag, status_id) SELECT tag, $1 FROM unnest($2::text[]) AS tag ON CONFLICT DO NOTHING`,
    [statusId, keys],
  );
}

const EDITS_MAX = 500;

/** Former versions, oldest first. */
export function statusEdits(db: Queryable, statusId: StatusId, limit: number): Promise<StatusEditRow[]> {
  return db.query<StatusEditRow>(
    `SELECT content, spoiler_text AS "spoilerText", sensitive, media, emojis, created_at AS "createdAt"
       FROM social.status_edits WHERE status_id = $1 ORDER BY id LIMIT $2`,
    [statusId, Math.min(limit, EDITS_MAX)],
  );
}
