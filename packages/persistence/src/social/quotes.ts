import { changeOf, type QuoteState } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { Entry, NewQuote, PageQuery, QuoteChange, QuoteRequestRow } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { moveStatusCounters, type StatusDelta } from './counters.js';
import { entries } from './page-sql.js';
import { plainText, plainTextOrNull, plainTexts } from './safe-values.js';

/** A quote from elsewhere comes up for a look so long after it came, in case that nobody looked at once. */
const FIRST_LOOK_SECONDS = 15;

/** Rows of statuses that were just written. One that is here already stays. Those of which only the uri is known are open. */
export async function insertQuotes(tx: Queryable, quotes: readonly (NewQuote & { readonly statusId: StatusId })[]): Promise<void> {
  if (quotes.length === 0) return;
  const made = await tx.query<{ quotedId: StatusId | null; state: QuoteState }>(
    `INSERT INTO social.quotes (status_id, quoted_status_id, quoted_uri, state, stamp_uri, legacy, next_look_at)
     SELECT status_id, quoted_status_id, quoted_uri, state, stamp_uri, legacy,
            CASE WHEN state = 'pending' AND quoted_status_id IS NULL THEN now() + make_interval(secs => ${FIRST_LOOK_SECONDS}) END
       FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::boolean[])
            AS given (status_id, quoted_status_id, quoted_uri, state, stamp_uri, legacy)
     ON CONFLICT (status_id) DO NOTHING
     RETURNING quoted_status_id AS "quotedId", state`,
    [
      quotes.map((quote) => quote.statusId),
      quotes.map((quote) => quote.quotedId),
      quotes.map((quote) => plainTextOrNull(quote.quotedUri)),
      quotes.map((quote) => quote.state),
      quotes.map((quote) => plainTextOrNull(quote.stampUri)),
      quotes.map((quote) => quote.legacy),
    ],
  );
  await moveStatusCounters(tx, made.flatMap((row) => counted(row, 1)));
}

const counted = ({ quotedId, state }: { readonly quotedId: StatusId | null; readonly state: QuoteState }, quotes: 1 | -1): StatusDelta[] =>
  quotedId !== null && state === 'accepted' ? [{ statusId: quotedId, quotes }] : [];

interface MovedRow {
  readonly was: QuoteState;
  readonly wasQuotedId: StatusId | null;
  readonly state: QuoteState;
  readonly quotedId: StatusId | null;
}

/** See `SocialWrites.changeQuote`. */
export async function changeQuote(tx: Queryable, statusId: StatusId, change: QuoteChange, from: readonly QuoteState[]): Promise<boolean> {
  const [row] = await tx.query<MovedRow>(
    `WITH before AS (
       SELECT status_id, state, quoted_status_id FROM social.quotes WHERE status_id = $1 AND state = ANY($2::text[]) FOR UPDATE
     )
     UPDATE social.quotes q
        SET state = coalesce($3::text, q.state), quoted_status_id = coalesce($4::bigint, q.quoted_status_id),
            stamp_uri = CASE WHEN $5::boolean THEN $6::text ELSE q.stamp_uri END, request_uri = coalesce($7::text, q.request_uri),
            -- Open stays what waits for the post or for a stamp to be read; another stamp is looked at anew.
            looks = CASE WHEN $5::boolean THEN 0 ELSE q.looks END,
            next_look_at = CASE WHEN coalesce($3::text, q.state) <> 'pending' THEN NULL
                                WHEN $5::boolean THEN CASE WHEN $6::text IS NOT NULL OR coalesce($4::bigint, q.quoted_status_id) IS NULL
                                                           THEN now() + make_interval(secs => ${FIRST_LOOK_SECONDS}) END
                                WHEN coalesce($4::bigint, q.quoted_status_id) IS NULL OR (q.stamp_uri IS NOT NULL AND NOT q.legacy) THEN q.next_look_at END
       FROM before WHERE q.status_id = before.status_id
     RETURNING before.state AS was, before.quoted_status_id AS "wasQuotedId", q.state, q.quoted_status_id AS "quotedId"`,
    [statusId, from, change.state ?? null, change.quotedId ?? null, change.stampUri !== undefined, plainTextOrNull(change.stampUri ?? null), plainTextOrNull(change.requestUri ?? null)],
  );
  if (row === undefined) return false;
  const deltas = [...counted({ quotedId: row.wasQuotedId, state: row.was }, -1), ...counted(row, 1)];
  await moveStatusCounters(tx, deltas.length === 2 && row.wasQuotedId === row.quotedId ? [] : deltas);
  await changed(tx, [changeOf.status(statusId)]);
  return true;
}

/** An edit quotes something else now, or nothing. */
export async function replaceQuote(tx: Queryable, statusId: StatusId, quote: NewQuote | null): Promise<void> {
  const gone = await tx.query<{ quotedId: StatusId | null; state: QuoteState }>(
    'DELETE FROM social.quotes WHERE status_id = $1 RETURNING quoted_status_id AS "quotedId", state',
    [statusId],
  );
  await moveStatusCounters(tx, gone.flatMap((row) => counted(row, -1)));
  if (quote !== null) await insertQuotes(tx, [{ ...quote, statusId }]);
  await changed(tx, [changeOf.status(statusId)]);
}

/** Quotes of statuses that are gone count nowhere any more; whom they quoted stays, since the Delete has to reach them. */
export async function endQuotes(tx: Queryable, statusIds: readonly StatusId[]): Promise<void> {
  const ended = await tx.query<{ quotedId: StatusId | null; state: QuoteState }>(
    `WITH doomed AS (
       SELECT status_id, state FROM social.quotes WHERE status_id = ANY($1::bigint[]) AND state <> 'deleted' ORDER BY status_id FOR UPDATE
     )
     UPDATE social.quotes q SET state = 'deleted', next_look_at = NULL FROM doomed
      WHERE q.status_id = doomed.status_id
     RETURNING q.quoted_status_id AS "quotedId", doomed.state`,
    [statusIds],
  );
  await moveStatusCounters(tx, ended.flatMap((row) => counted(row, -1)));
}

/** The peer's id of the request by which a quote of ours was asked for; null: there is no such quote. */
export async function quoteRequest(db: Queryable, statusId: StatusId): Promise<QuoteRequestRow | null> {
  const [row] = await db.query<QuoteRequestRow>('SELECT request_uri AS "requestUri" FROM social.quotes WHERE status_id = $1 LIMIT 1', [statusId]);
  return row ?? null;
}

/** The account's own status that quotes by leave of this request; null: none does. */
export async function quoteByRequest(db: Queryable, accountId: AccountId, requestUri: string): Promise<StatusId | null> {
  const [row] = await db.query<{ id: StatusId }>(
    'SELECT q.status_id AS id FROM social.quotes q JOIN social.statuses s ON s.id = q.status_id WHERE q.request_uri = $1 AND s.account_id = $2 LIMIT 1',
    [plainText(requestUri), accountId],
  );
  return row?.id ?? null;
}

const BY_STAMP_MAX = 100;

/** Statuses whose quotes name this stamp, proven or not. Anybody can name one, hence several. */
export async function quotesByStamp(db: Queryable, stampUri: string): Promise<StatusId[]> {
  const rows = await db.query<{ id: StatusId }>(
    `SELECT status_id AS id FROM social.quotes WHERE stamp_uri = $1 ORDER BY state = 'accepted' DESC, status_id LIMIT ${BY_STAMP_MAX}`,
    [plainText(stampUri)],
  );
  return rows.map((row) => row.id);
}

/** Those of the addresses that any quote, any answer, or anything else that somebody here asked leave for, names as its stamp. */
export async function namedStamps(db: Queryable, uris: readonly string[]): Promise<Set<string>> {
  if (uris.length === 0) return new Set();
  const rows = await db.query<{ uri: string }>(
    `SELECT g.uri FROM unnest($1::text[]) AS g (uri)
      WHERE EXISTS (SELECT FROM social.quotes q WHERE q.stamp_uri = g.uri) OR EXISTS (SELECT FROM social.asked_interactions i WHERE i.stamp_uri = g.uri)
         OR EXISTS (SELECT FROM social.reply_stamps r WHERE r.stamp_uri = g.uri) LIMIT $2`,
    [plainTexts(uris), uris.length],
  );
  return new Set(rows.map(({ uri }) => uri));
}

/** Statuses that quote this one with its author's consent, newest first. */
export const quotingIds = (db: Queryable, quotedId: StatusId, page: PageQuery): Promise<Entry<StatusId>[]> =>
  entries(db, page, {
    select: 'q.status_id AS "entryId", q.status_id AS id FROM social.quotes q',
    where: `q.quoted_status_id = $1 AND q.state = 'accepted'`,
    pagedBy: 'q.status_id',
    subject: quotedId,
  });

/** People of this server who quote the status, for those who are told that it changed. */
export async function localQuoters(db: Queryable, quotedId: StatusId, limit: number): Promise<{ accountId: AccountId; statusId: StatusId }[]> {
  return db.query(
    `SELECT s.account_id AS "accountId", max(s.id) AS "statusId"
       FROM social.quotes q JOIN social.statuses s ON s.id = q.status_id
      WHERE q.quoted_status_id = $1 AND q.state = 'accepted' AND s.local AND s.deleted_at IS NULL
      GROUP BY s.account_id ORDER BY s.account_id LIMIT $2`,
    [quotedId, limit],
  );
}
