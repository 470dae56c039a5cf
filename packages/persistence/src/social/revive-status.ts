import { changeOf } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { NewStatus } from '@trunkline/social';
import { changed, type Queryable } from '../database.js';
import { moveAccountCounters, moveStatusCounters } from './counters.js';
import { replaceMentions, replaceTags } from './edit-status.js';
import { countsAsReply, countsForAuthor } from './insert-statuses.js';
import { setRules } from './interactions.js';
import { insertPolls } from './polls.js';
import { policyBits } from './quote-policy-bits.js';
import { replaceQuote } from './quotes.js';
import { jsonText, plainText, plainTextOrNull, plainTexts } from './safe-values.js';

interface RevivedRow {
  readonly accountId: AccountId;
  readonly inReplyToId: StatusId | null;
}

/**
 * Fills a deleted status anew, under its id, in its thread, with what of others still stands: answers and favourites of
 * people elsewhere. False: it lives, or went before `endedAt`, by somebody else.
 */
export async function reviveStatus(tx: Queryable, statusId: StatusId, endedAt: Date, status: NewStatus): Promise<boolean> {
  await tx.query('SELECT status_id FROM social.status_stats WHERE status_id = $1 FOR UPDATE', [statusId]);
  const [row] = await tx.query<RevivedRow & Record<string, unknown>>(
    `UPDATE social.statuses
        SET content = $3, spoiler_text = $4, sensitive = $5, language = $6, media = $7::jsonb, emojis = $8::jsonb, tags = $9::text[],
            visibility = $10, edited_at = $11, quote_policy = $12, deleted_at = NULL
      WHERE id = $1 AND NOT local AND boost_of_id IS NULL AND deleted_at >= $2
     RETURNING account_id AS "accountId", in_reply_to_id AS "inReplyToId"`,
    [
      statusId,
      endedAt,
      plainText(status.content),
      plainText(status.spoilerText),
      status.sensitive,
      plainTextOrNull(status.language),
      jsonText(status.media),
      jsonText(status.emojis),
      plainTexts(status.tags),
      status.visibility,
      status.editedAt ?? null,
      policyBits(status.quotePolicy ?? null),
    ],
  );
  if (row === undefined) return false;
  await replaceMentions(tx, [{ statusId, mentions: status.mentions }]);
  await replaceTags(tx, [{ statusId, tags: status.tags }]);
  if (status.poll !== null) await insertPolls(tx, [{ statusId, poll: status.poll }]);
  await replaceQuote(tx, statusId, status.quote ?? null);
  await setRules(tx, [{ statusId, rules: status.interactionRules ?? null }]);
  await countAnew(tx, statusId);
  if (row.inReplyToId !== null && countsAsReply(status.visibility)) await moveStatusCounters(tx, [{ statusId: row.inReplyToId, replies: 1 }]);
  if (countsForAuthor(status.visibility)) await moveAccountCounters(tx, [{ accountId: row.accountId, statuses: 1 }]);
  await changed(tx, [changeOf.status(statusId)]);
  return true;
}

/** Its own counters were set to nothing when it went. Boosts went with it. */
async function countAnew(tx: Queryable, statusId: StatusId): Promise<void> {
  await tx.query(
    `UPDATE social.status_stats
        SET favourites_count = (SELECT count(*) FROM social.favourites f WHERE f.status_id = $1),
            replies_count = (SELECT count(*) FROM social.statuses r
                              WHERE r.in_reply_to_id = $1 AND r.deleted_at IS NULL AND r.visibility IN ('public', 'unlisted'))
      WHERE status_id = $1`,
    [statusId],
  );
}
