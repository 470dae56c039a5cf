import { changeOf, type Visibility } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { GivenEdit, IdSource, StandingEdit, StatusEditRow } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { moveAccountCounters, moveStatusCounters } from './counters.js';
import { countsAsReply, countsForAuthor, tagKeys } from './insert-statuses.js';
import { jsonText, plainTexts } from './safe-values.js';

/**
 * The former texts go into `status_edits`, dated when they were written. People who are named no more become silent
 * mentions: they have seen the status, and Deletes still have to reach them; but not where it says plainly for whom it is, and
 * that they are not among them. Each status once.
 *
 * @returns those that were edited: the others are gone, or what stands is newer
 */
export async function editStatuses(tx: Queryable, ids: Pick<IdSource, 'next'>, edits: readonly GivenEdit[]): Promise<Map<StatusId, StandingEdit>> {
  if (edits.length === 0) return new Map();
  const rows = await tx.query<EditedRow>(EDIT_SQL, [jsonText(edits.map((edit) => columnsOf(edit, ids.next())))]);
  const edited = new Map(rows.map((row) => [row.id, row]));
  const done = edits.filter(({ statusId }) => edited.has(statusId));
  if (done.length === 0) return new Map();
  const dropped = await dropMentions(tx, done.filter(({ statusId, audience }) => audience != null && !isOpen(edited.get(statusId)?.visibility ?? 'public')));
  await replaceMentions(tx, done);
  await replaceTags(tx, done);
  await recount(tx, rows);
  await changed(tx, done.map(({ statusId }) => changeOf.status(statusId)));
  return new Map(rows.map(({ id, before, visibility }) => [id, { narrowedFrom: before === visibility ? null : before, droppedIds: dropped.get(id) ?? [] }]));
}

interface EditedRow extends Record<string, unknown> {
  readonly id: StatusId;
  readonly accountId: AccountId;
  readonly inReplyToId: StatusId | null;
  readonly before: Visibility;
  readonly visibility: Visibility;
}

const isOpen = (visibility: Visibility): boolean => visibility === 'public' || visibility === 'unlisted';

/** What fewer people may see is not counted where that would give it away. */
async function recount(tx: Queryable, rows: readonly EditedRow[]): Promise<void> {
  const narrowed = rows.filter(({ before, visibility }) => before !== visibility);
  if (narrowed.length === 0) return;
  await moveStatusCounters(
    tx,
    narrowed.flatMap(({ inReplyToId, before, visibility }) => (inReplyToId !== null && countsAsReply(before) && !countsAsReply(visibility) ? [{ statusId: inReplyToId, replies: -1 }] : [])),
  );
  await moveAccountCounters(tx, narrowed.flatMap(({ accountId, before, visibility }) => (countsForAuthor(before) && !countsForAuthor(visibility) ? [{ accountId, statuses: -1 }] : [])));
}

const WIDTHS = `ARRAY['direct', 'private', 'unlisted', 'public']`;

/** Of a post of another server: the first, and the newest ones. Nobody reads more, and its server could make up a new one each second. */
const REMOTE_EDITS_KEPT = 100;

// The rows are locked in the order of their ids, and what is kept of them is what stood when they were.
const EDIT_SQL = `
  WITH given AS (
    SELECT * FROM json_to_recordset($1::json) AS g (
      id bigint, edit_id bigint, content text, text text, spoiler_text text, sensitive boolean, language text, media jsonb, emojis jsonb, tags text[],
      edited_at timestamptz, audience text)
  ), standing AS (
    SELECT s.id, s.local, given.edit_id, s.visibility, s.content, s.text, s.spoiler_text, s.sensitive, s.media, s.emojis, coalesce(s.edited_at, s.created_at) AS written_at
      FROM given JOIN social.statuses s ON s.id = given.id
     WHERE s.deleted_at IS NULL AND s.boost_of_id IS NULL AND coalesce(s.edited_at, s.created_at) < given.edited_at
     ORDER BY s.id FOR UPDATE OF s
  ), kept AS (
    INSERT INTO social.status_edits (id, status_id, content, text, spoiler_text, sensitive, media, emojis, created_at)
    SELECT edit_id, id, content, text, spoiler_text, sensitive, media, emojis, written_at FROM standing
  ), dropped AS (
    DELETE FROM social.status_edits e
     USING (SELECT v.id FROM standing
             CROSS JOIN LATERAL (SELECT id FROM social.status_edits WHERE status_id = standing.id ORDER BY id DESC OFFSET ${REMOTE_EDITS_KEPT - 2} LIMIT ${REMOTE_EDITS_KEPT}) AS v
             WHERE NOT standing.local AND v.id > (SELECT min(f.id) FROM social.status_edits f WHERE f.status_id = standing.id)) AS old
     WHERE e.id = old.id
  )
  UPDATE social.statuses s
     SET content = given.content, text = given.text, spoiler_text = given.spoiler_text, sensitive = given.sensitive, language = given.language,
         media = given.media, emojis = given.emojis, tags = given.tags, edited_at = given.edited_at,
         visibility = CASE WHEN array_position(${WIDTHS}, given.audience) < array_position(${WIDTHS}, standing.visibility) THEN given.audience ELSE standing.visibility END
    FROM given JOIN standing ON standing.id = given.id
   WHERE s.id = given.id
  RETURNING s.id, s.account_id AS "accountId", s.in_reply_to_id AS "inReplyToId", standing.visibility AS before, s.visibility`;

const columnsOf = (edit: GivenEdit, editId: string) => ({
  id: edit.statusId,
  edit_id: editId,
  content: edit.content,
  text: edit.text,
  spoiler_text: edit.spoilerText,
  sensitive: edit.sensitive,
  language: edit.language,
  media: edit.media,
  emojis: edit.emojis,
  tags: edit.tags,
  edited_at: edit.editedAt,
  audience: edit.audience ?? null,
});

/** Whom they name no more may not see them for that any longer. @returns who that is, by status */
async function dropMentions(tx: Queryable, edits: readonly Pick<GivenEdit, 'statusId' | 'mentions'>[]): Promise<Map<StatusId, AccountId[]>> {
  if (edits.length === 0) return new Map();
  const kept = edits.flatMap((edit) => edit.mentions.map(({ accountId }) => ({ statusId: edit.statusId, accountId })));
  const rows = await tx.query<{ statusId: StatusId; accountId: AccountId }>(
    `DELETE FROM social.mentions m
      WHERE m.status_id = ANY($1::bigint[])
        AND NOT EXISTS (SELECT FROM unnest($2::bigint[], $3::bigint[]) AS g (status_id, account_id) WHERE g.status_id = m.status_id AND g.account_id = m.account_id)
      RETURNING m.status_id AS "statusId", m.account_id AS "accountId"`,
    [edits.map(({ statusId }) => statusId), kept.map(({ statusId }) => statusId), kept.map(({ accountId }) => accountId)],
  );
  return new Map([...Map.groupBy(rows, ({ statusId }) => statusId)].map(([statusId, found]) => [statusId, found.map(({ accountId }) => accountId)]));
}

/** Whom they name no more was named: they stay, silently. */
export async function replaceMentions(tx: Queryable, edits: readonly Pick<GivenEdit, 'statusId' | 'mentions'>[]): Promise<void> {
  const mentions = edits.flatMap((edit) => edit.mentions.map((mention) => ({ statusId: edit.statusId, ...mention })));
  const pairs = [mentions.map(({ statusId }) => statusId), mentions.map(({ accountId }) => accountId)];
  await tx.query(
    `UPDATE social.mentions m SET silent = true
      WHERE m.status_id = ANY($1::bigint[]) AND NOT m.silent
        AND NOT EXISTS (SELECT FROM unnest($2::bigint[], $3::bigint[]) AS g (status_id, account_id) WHERE g.status_id = m.status_id AND g.account_id = m.account_id)`,
    [edits.map(({ statusId }) => statusId), ...pairs],
  );
  await tx.query(
    `INSERT INTO social.mentions (status_id, account_id, silent)
     SELECT status_id, account_id, bool_and(silent) FROM unnest($1::bigint[], $2::bigint[], $3::boolean[]) AS m (status_id, account_id, silent)
      GROUP BY status_id, account_id ORDER BY status_id, account_id
     ON CONFLICT (status_id, account_id) DO UPDATE SET silent = excluded.silent`,
    [...pairs, mentions.map(({ silent }) => silent)],
  );
}

/** People whom it named and who are known only now: the others stay as they are. */
export async function addMentions(tx: Queryable, statusId: StatusId, mentions: GivenEdit['mentions']): Promise<void> {
  const added = await tx.query(
    `INSERT INTO social.mentions (status_id, account_id, silent)
     SELECT s.id, m.account_id, bool_and(m.silent) FROM social.statuses s, unnest($2::bigint[], $3::boolean[]) AS m (account_id, silent)
      WHERE s.id = $1 AND s.deleted_at IS NULL GROUP BY s.id, m.account_id
     ON CONFLICT (status_id, account_id) DO NOTHING RETURNING account_id`,
    [statusId, mentions.map((mention) => mention.accountId), mentions.map((mention) => mention.silent)],
  );
  if (added.length > 0) await changed(tx, [changeOf.status(statusId)]);
}

export async function replaceTags(tx: Queryable, edits: readonly Pick<GivenEdit, 'statusId' | 'tags'>[]): Promise<void> {
  const tags = edits.flatMap((edit) => plainTexts(tagKeys(edit.tags)).map((tag) => ({ statusId: edit.statusId, tag })));
  const pairs = [tags.map(({ statusId }) => statusId), tags.map(({ tag }) => tag)];
  await tx.query(
    `DELETE FROM social.status_tags t
      WHERE t.status_id = ANY($1::bigint[])
        AND NOT EXISTS (SELECT FROM unnest($2::bigint[], $3::text[]) AS g (status_id, tag) WHERE g.status_id = t.status_id AND g.tag = t.tag)`,
    [edits.map(({ statusId }) => statusId), ...pairs],
  );
  await tx.query(
    `INSERT INTO social.status_tags (tag, status_id) SELECT tag, status_id FROM unnest($1::bigint[], $2::text[]) AS g (status_id, tag) ON CONFLICT DO NOTHING`,
    pairs,
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
