import { normaliseHashtag, changeOf } from '@trunkline/domain';
import { idTimeMs, type StatusId } from '@trunkline/kernel';
import type { IdSource, InsertedStatus, NewStatus, StatusInteractionRules } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { SqlConsents, waitsForLeave } from './consents.js';
import { insertRules } from './interactions.js';
import { lockStatusCounters, moveAccountCounters, moveStatusCounters } from './counters.js';
import { insertPolls } from './polls.js';
import { policyBits } from './quote-policy-bits.js';
import { insertQuotes } from './quotes.js';
import { jsonText, plainText, plainTexts } from './safe-values.js';
import { lockUris } from './tombstones.js';

/** A busy second of the past holds hundreds of posts for 65,536 ids: a second draw is rare, a fifth is a bug. */
const ID_DRAWS_MAX = 5;

/** Living answers that everybody may see are counted on the parent, see `counters.ts`. */
export const countsAsReply = (visibility: string): boolean => visibility === 'public' || visibility === 'unlisted';
export const countsForAuthor = (visibility: string): boolean => visibility !== 'direct';

/** One letter may be eighteen when it is normalised, and an index entry takes 2,704 bytes. */
const TAG_BYTES_MAX = 2_000;

/** The spellings under which a status is found by tag. */
export const tagKeys = (tags: readonly string[]): string[] => [...new Set(tags.map(normaliseHashtag))].filter((key) => key !== '' && Buffer.byteLength(key) <= TAG_BYTES_MAX);

/**
 * The rows, their mentions, tags and counters, as if they came one after the other in the order given; for each the id
 * under which it stands, or null when it may not stand (see `SocialWrites.insertStatuses`).
 */
export async function insertStatuses(tx: Queryable, ids: Pick<IdSource, 'at'>, statuses: readonly NewStatus[]): Promise<(InsertedStatus | null)[]> {
  // A parent and its reply, or a Create and its Delete, that arrive at once must see each other.
  const shared = statuses.filter((status) => !status.local).flatMap((status) => [status.uri, ...parentUriOf(status)]);
  if (shared.length > 0) await lockUris(tx, shared);
  // Holds off a deletion of the boosted statuses: it locks these rows too, before it looks for boosts.
  await lockStatusCounters(tx, statuses.flatMap(({ boostOfId, quote }) => [boostOfId ?? [], (quote?.state === 'accepted' ? quote.quotedId : null) ?? []].flat()));
  const made = new Map<NewStatus, InsertedStatus>();
  for (const wave of inWaves(statuses)) {
    await insertWave(tx, ids, wave, made);
    // What answers them in the next wave asks for these.
    await insertRules(tx, wave.flatMap((status) => rulesOf(status, made.get(status))));
  }
  await insertPolls(tx, [...made].flatMap(([{ poll }, { id }]) => (poll === null ? [] : [{ statusId: id, poll }])));
  await insertQuotes(tx, [...made].flatMap(([{ quote }, { id }]) => (quote == null ? [] : [{ ...quote, statusId: id }])));
  await new SqlConsents(tx).tellReplyStamps([...made].flatMap(([{ replyStampUri }, { id, inReplyToId }]) => (replyStampUri == null || inReplyToId !== null ? [] : [{ statusId: id, uri: replyStampUri }])));
  await moveCounters(tx, made);
  // One statement does not see its own rows: an answer that stands before its parent in the list may wait for it.
  const answered = new Set(statuses.flatMap(parentUriOf));
  return statuses.map((status) => {
    const row = made.get(status);
    return row === undefined ? null : { ...row, isAwaited: row.isAwaited || answered.has(status.uri) };
  });
}

const rulesOf = ({ interactionRules }: NewStatus, row: InsertedStatus | undefined): StatusInteractionRules[] =>
  row === undefined || interactionRules == null ? [] : [{ statusId: row.id, rules: interactionRules }];

/** The uri by which the parent is looked for while the row is written. */
const parentUriOf = (status: NewStatus): string[] => (status.inReplyToId === null && status.inReplyToUri !== null ? [status.inReplyToUri] : []);

/** One statement does not see its own rows: what answers or repeats an earlier row of the list waits for a later one. */
function inWaves(statuses: readonly NewStatus[]): NewStatus[][] {
  if (statuses.length === 1) return [[...statuses]];
  const waveOf = new Map<string, number>();
  const waves: NewStatus[][] = [];
  for (const status of statuses) {
    const after = [status.uri, ...parentUriOf(status)].map((uri) => waveOf.get(uri) ?? -1);
    const at = Math.max(...after) + 1;
    waveOf.set(status.uri, at);
    (waves[at] ??= []).push(status);
  }
  return waves;
}

async function insertWave(tx: Queryable, ids: Pick<IdSource, 'at'>, wave: readonly NewStatus[], made: Map<NewStatus, InsertedStatus>): Promise<void> {
  let left = wave.map((status) => ({ status, id: status.id }));
  for (let draw = 1; draw <= ID_DRAWS_MAX; draw += 1) {
    const rows = new Map((await insertRows(tx, left)).map((row) => [row.uri, row]));
    for (const { status } of left) {
      const row = rows.get(plainText(status.uri));
      if (row !== undefined) made.set(status, row);
    }
    left = left.filter(({ status }) => !status.local && !made.has(status));
    if (left.length === 0) return;
    const redraw = await onlyIdTaken(tx, left);
    left = left.filter(({ status }) => redraw.has(plainText(status.uri))).map(({ status }) => ({ status, id: ids.at(idTimeMs(status.id)) }));
    if (left.length === 0) return;
  }
  throw new Error(`no free id near ${left[0]?.status.id}`);
}

type Drawn = { readonly status: NewStatus; readonly id: StatusId };

/** The uris of those that only stand apart because another status has their id. */
async function onlyIdTaken(tx: Queryable, drawn: readonly Drawn[]): Promise<Set<string>> {
  const rows = await tx.query<{ uri: string }>(
    `SELECT given.uri FROM unnest($1::bigint[], $2::text[]) AS given (id, uri)
      WHERE EXISTS (SELECT FROM social.statuses s WHERE s.id = given.id)
        AND NOT EXISTS (SELECT FROM social.statuses s WHERE s.uri = given.uri)
      LIMIT $3`,
    [drawn.map(({ id }) => id), plainTexts(drawn.map(({ status }) => status.uri)), drawn.length],
  );
  return new Set(rows.map((row) => row.uri));
}

/** Where its parent is not here, a post belongs to those that came under the same `context` or `conversation` (FEP-7888). */
const GROUPED = '(SELECT g.conversation_id FROM social.statuses g WHERE g.conversation_uri = r.conversation_uri LIMIT 1)';

// One JSON document of rows: as cheap as an array for each column, and lists may stand in it. The planner takes it for a hundred
// rows; LIMIT and OFFSET 0 keep it from reading whole tables of a young server to join them with what is one row mostly.
const INSERT_SQL = `
  WITH made AS (
    INSERT INTO social.statuses (
      id, account_id, uri, url, local, content, text, spoiler_text, sensitive, visibility, language, in_reply_to_id,
      in_reply_to_account_id, in_reply_to_uri, boost_of_id, conversation_id, conversation_uri, application_name,
      application_website, media, emojis, tags, created_at, edited_at, quote_policy)
    SELECT r.id, r.account_id, r.uri, r.url, r.local, r.content, r.text, r.spoiler_text, r.sensitive, r.visibility,
           r.language, coalesce(r.in_reply_to_id, parent.id), coalesce(r.in_reply_to_account_id, parent.account_id),
           CASE WHEN r.in_reply_to_id IS NULL AND parent.id IS NULL THEN r.in_reply_to_uri END, r.boost_of_id,
           coalesce(parent.conversation_id, ${GROUPED}, r.conversation_id), r.conversation_uri, r.application_name,
           r.application_website, r.media, r.emojis, r.tags, r.created_at, r.edited_at, r.quote_policy
      FROM json_to_recordset($1::json) AS r (
             id bigint, account_id bigint, uri text, url text, local boolean, content text, text text, spoiler_text text,
             sensitive boolean, visibility text, language text, in_reply_to_id bigint, in_reply_to_account_id bigint,
             in_reply_to_uri text, boost_of_id bigint, conversation_id bigint, conversation_uri text, application_name text,
             application_website text, media jsonb, emojis jsonb, tags text[], created_at timestamptz, edited_at timestamptz,
             quote_policy smallint)
      LEFT JOIN LATERAL (
             SELECT p.id, p.account_id, p.local, p.conversation_id, p.in_reply_to_account_id
               FROM social.statuses p WHERE r.in_reply_to_id IS NULL AND p.uri = r.in_reply_to_uri LIMIT 1
           ) AS parent ON NOT ${waitsForLeave('r')}
     WHERE NOT EXISTS (SELECT FROM social.tombstones t JOIN social.accounts a ON a.uri = t.actor_uri
                        WHERE t.uri = r.uri AND a.id = r.account_id OFFSET 0)
       AND (r.boost_of_id IS NULL OR EXISTS (SELECT FROM social.statuses b WHERE b.id = r.boost_of_id AND b.deleted_at IS NULL OFFSET 0))
    ON CONFLICT DO NOTHING
    RETURNING id, uri, in_reply_to_id
  ), stats AS (
    INSERT INTO social.status_stats (status_id) SELECT id FROM made
  ), named AS (
    INSERT INTO social.mentions (status_id, account_id, silent)
    SELECT made.id, m.account_id, bool_and(m.silent)
      FROM made JOIN unnest($2::bigint[], $3::bigint[], $4::boolean[]) AS m (status_id, account_id, silent) ON m.status_id = made.id
     GROUP BY made.id, m.account_id
  ), tagged AS (
    INSERT INTO social.status_tags (tag, status_id)
    SELECT t.tag, made.id FROM made JOIN unnest($5::bigint[], $6::text[]) AS t (status_id, tag) ON t.status_id = made.id
  )
  SELECT id, uri, in_reply_to_id AS "inReplyToId", EXISTS (SELECT FROM social.statuses o WHERE o.in_reply_to_uri = made.uri OFFSET 0) AS "isAwaited" FROM made`;

function insertRows(tx: Queryable, drawn: readonly Drawn[]): Promise<(InsertedStatus & { readonly uri: string })[]> {
  const mentions = drawn.flatMap(({ status, id }) => status.mentions.map((mention) => ({ id, ...mention })));
  const tags = drawn.flatMap(({ status, id }) => plainTexts(tagKeys(status.tags)).map((tag) => ({ id, tag })));
  return tx.query(INSERT_SQL, [
    jsonText(drawn.map(columnsOf)),
    mentions.map((mention) => mention.id),
    mentions.map((mention) => mention.accountId),
    mentions.map((mention) => mention.silent),
    tags.map(({ id }) => id),
    tags.map(({ tag }) => tag),
  ]);
}

const columnsOf = ({ status, id }: Drawn) => ({
  id,
  account_id: status.accountId,
  uri: status.uri,
  url: status.url,
  local: status.local,
  content: status.content,
  text: status.text,
  spoiler_text: status.spoilerText,
  sensitive: status.sensitive,
  visibility: status.visibility,
  language: status.language,
  in_reply_to_id: status.inReplyToId,
  in_reply_to_account_id: status.inReplyToAccountId,
  in_reply_to_uri: status.inReplyToUri,
  boost_of_id: status.boostOfId,
  conversation_id: status.conversationId === status.id ? id : status.conversationId,
  conversation_uri: status.conversationUri,
  application_name: status.applicationName,
  application_website: status.applicationWebsite,
  media: status.media,
  emojis: status.emojis,
  tags: status.tags,
  created_at: status.createdAt,
  edited_at: status.editedAt ?? null,
  quote_policy: policyBits(status.quotePolicy ?? null),
});

async function moveCounters(tx: Queryable, made: ReadonlyMap<NewStatus, InsertedStatus>): Promise<void> {
  const rows = [...made].map(([status, { inReplyToId }]) => ({ ...status, inReplyToId }));
  await moveStatusCounters(
    tx,
    rows.flatMap(({ boostOfId, inReplyToId, visibility }) => [
      ...(boostOfId === null ? [] : [{ statusId: boostOfId, boosts: 1 }]),
      ...(inReplyToId === null || !countsAsReply(visibility) ? [] : [{ statusId: inReplyToId, replies: 1 }]),
    ]),
  );
  await changed(tx, rows.filter(({ boostOfId }) => boostOfId !== null).map(({ accountId }) => changeOf.marks(accountId)));
  await moveAccountCounters(
    tx,
    rows
      .filter(({ visibility }) => countsForAuthor(visibility))
      .map(({ accountId, createdAt }) => ({ accountId, statuses: 1, lastStatusAt: createdAt })),
  );
}
