import { changeOf } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { ConsentReads, ConsentWrites, HeardWord, ReplyStamp } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { moveStatusCounters } from './counters.js';
import { plainText, plainTexts } from './safe-values.js';

const BY_STAMP_MAX = 100;

/** What somebody elsewhere agreed to, and under which ids. Over a pool or inside one transaction, for what writes. */
export class SqlConsents implements ConsentReads, ConsentWrites {
  constructor(private readonly db: Queryable) {}

  async heardUnder(accountId: AccountId, uri: string): Promise<HeardWord | null> {
    const [row] = await this.db.query<HeardWord & Record<string, unknown>>(
      'SELECT what, about_uri AS "aboutUri" FROM social.heard_words WHERE uri = $2 AND account_id = $1 LIMIT 1',
      [accountId, plainText(uri)],
    );
    return row ?? null;
  }

  async noteHeard({ accountId, what, aboutUri, uri }: Parameters<ConsentWrites['noteHeard']>[0]): Promise<void> {
    await this.db.query(
      `INSERT INTO social.heard_words (account_id, what, about_uri, uri) VALUES ($1, $2, $3, $4)
       ON CONFLICT (account_id, what, about_uri) DO UPDATE SET uri = excluded.uri`,
      [accountId, what, plainText(aboutUri), plainText(uri)],
    );
  }

  async replyStamp(statusId: StatusId): Promise<ReplyStamp | null> {
    const [row] = await this.db.query<ReplyStamp & Record<string, unknown>>('SELECT stamp_uri AS uri, state FROM social.reply_stamps WHERE status_id = $1', [statusId]);
    return row ?? null;
  }

  async repliesByStamp(stampUri: string): Promise<StatusId[]> {
    const rows = await this.db.query<{ id: StatusId }>(
      `SELECT status_id AS id FROM social.reply_stamps WHERE stamp_uri = $1 AND state = 'accepted' ORDER BY status_id LIMIT ${BY_STAMP_MAX}`,
      [plainText(stampUri)],
    );
    return rows.map(({ id }) => id);
  }

  async tellReplyStamps(stamps: Parameters<ConsentWrites['tellReplyStamps']>[0]): Promise<void> {
    if (stamps.length === 0) return;
    await this.db.query(
      `INSERT INTO social.reply_stamps AS r (status_id, stamp_uri, state) SELECT status_id, uri, 'told' FROM unnest($1::bigint[], $2::text[]) AS g (status_id, uri)
       ON CONFLICT (status_id) DO UPDATE SET stamp_uri = excluded.stamp_uri, state = 'told' WHERE r.stamp_uri <> excluded.stamp_uri`,
      [stamps.map(({ statusId }) => statusId), plainTexts(stamps.map(({ uri }) => uri))],
    );
  }

  async judgeReplyStamp(statusId: StatusId, uri: string, state: 'accepted' | 'refused'): Promise<boolean> {
    const rows = await this.db.query('UPDATE social.reply_stamps SET state = $3 WHERE status_id = $1 AND stamp_uri = $2 RETURNING status_id', [statusId, plainText(uri), state]);
    return rows.length === 1;
  }

  async untieReply(statusId: StatusId): Promise<void> {
    const [row] = await this.db.query<{ parentId: StatusId; counted: boolean }>(
      `UPDATE social.statuses s SET in_reply_to_id = NULL, in_reply_to_account_id = NULL, in_reply_to_uri = parent.uri
         FROM social.statuses parent WHERE s.id = $1 AND parent.id = s.in_reply_to_id
       RETURNING parent.id AS "parentId", s.deleted_at IS NULL AND s.visibility IN ('public', 'unlisted') AS counted`,
      [statusId],
    );
    if (row === undefined) return;
    await changed(this.db, [changeOf.status(statusId)]);
    if (row.counted) await moveStatusCounters(this.db, [{ statusId: row.parentId, replies: -1 }]);
  }
}

/**
 * Whether an answer elsewhere waits for the leave of the author whom it answers, in SQL (GoToSocial). Nobody waits who answers themselves, or whom
 * `parent` names or answers, nor where everybody may answer; who follows is for the author's server to say, hence only a stamp that was seen to hold counts.
 *
 * `OFFSET 0`: looked up for each answer that comes so far; the planner would read a young server's whole tables for a few answers.
 *
 * @param reply how the answer's row is called; it has `id`, `account_id` and `local`
 */
export const waitsForLeave = (reply: string): string => `(
  NOT ${reply}.local AND NOT parent.local AND parent.account_id <> ${reply}.account_id
  AND parent.in_reply_to_account_id IS DISTINCT FROM ${reply}.account_id
  AND EXISTS (SELECT FROM social.interaction_rules rule WHERE rule.status_id = parent.id AND ((rule.rules >> 8) & 255) <> 1 OFFSET 0)
  AND NOT EXISTS (SELECT FROM social.mentions named WHERE named.status_id = parent.id AND named.account_id = ${reply}.account_id OFFSET 0)
  AND NOT EXISTS (SELECT FROM social.reply_stamps stamp WHERE stamp.status_id = ${reply}.id AND stamp.state = 'accepted' OFFSET 0))`;
