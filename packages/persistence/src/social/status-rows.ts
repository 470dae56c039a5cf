import type { Mention, Poll, QuoteState, Status, StatusQuote, StatusReaction } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import type { Queryable } from '../database.js';
import { policyOfBits } from './quote-policy-bits.js';
import { currentEmojis } from './remote-emojis.js';
import { plainTexts } from './safe-values.js';

/** A status with its counters and the people it names: one statement for a whole page. */
const STATUS_SQL = `
  SELECT s.id, s.account_id AS "accountId", s.uri, s.url, s.local, s.content, s.text, s.spoiler_text AS "spoilerText",
         s.sensitive, s.visibility, s.language, s.in_reply_to_id AS "inReplyToId",
         s.in_reply_to_account_id AS "inReplyToAccountId", s.in_reply_to_uri AS "inReplyToUri",
         s.boost_of_id AS "boostOfId", s.conversation_id AS "conversationId", s.application_name AS "applicationName",
         s.application_website AS "applicationWebsite", s.media, s.tags, ${currentEmojis('s', 'NOT s.local')},
         coalesce(st.replies_count, 0) AS "repliesCount", coalesce(st.boosts_count, 0) AS "boostsCount",
         coalesce(st.favourites_count, 0) AS "favouritesCount", coalesce(st.quotes_count, 0) AS "quotesCount",
         s.quote_policy AS "policyBits", q.state AS "quoteState", q.quoted_status_id AS "quotedId", q.quoted_uri AS "quotedUri",
         q.stamp_uri AS "quoteStampUri", q.legacy AS "quoteLegacy", s.created_at AS "createdAt",
         s.edited_at AS "editedAt", s.deleted_at AS "deletedAt",
         (SELECT json_agg(json_build_object('accountId', m.account_id::text, 'username', a.username, 'domain', a.domain,
                                            'uri', a.uri, 'url', a.url, 'silent', m.silent) ORDER BY m.account_id)
            FROM social.mentions m JOIN social.accounts a ON a.id = m.account_id
           WHERE m.status_id = s.id) AS mentions,
         (SELECT json_build_object('multiple', p.multiple, 'hidesTotals', p.hides_totals, 'titles', p.options, 'votes', p.votes,
                                   'votersCount', p.voters_count, 'endsAt', p.ends_at,
                                   'closed', p.closed OR coalesce(p.ends_at <= now(), false))
            FROM social.polls p WHERE p.status_id = s.id) AS poll,
         CASE WHEN st.reactions_count > 0 THEN
           (SELECT json_agg(json_build_object('name', r.name, 'count', r.count, 'url', r.url, 'staticUrl', r.static_url)
                            ORDER BY r.count DESC, r.name)
              FROM social.reaction_counts r WHERE r.status_id = s.id) END AS reactions
    FROM social.statuses s LEFT JOIN social.status_stats st ON st.status_id = s.id LEFT JOIN social.quotes q ON q.status_id = s.id`;

type Counters = 'repliesCount' | 'boostsCount' | 'favouritesCount' | 'quotesCount';
type PollRow = Pick<Poll, 'multiple' | 'hidesTotals' | 'votersCount' | 'closed'> & {
  readonly titles: readonly string[];
  readonly votes: readonly (number | null)[];
  readonly endsAt: string | null;
};
const toPoll = ({ titles, votes, endsAt, ...poll }: PollRow): Poll => ({
  ...poll,
  options: titles.map((title, place) => ({ title, votes: votes[place] ?? null })),
  endsAt: endsAt === null ? null : new Date(endsAt),
});

interface QuoteColumns {
  readonly quoteState: QuoteState | null;
  readonly quotedId: StatusId | null;
  readonly quotedUri: string | null;
  readonly quoteStampUri: string | null;
  readonly quoteLegacy: boolean | null;
}

type StatusRow = Omit<Status, Counters | 'mentions' | 'poll' | 'reactions' | 'quote' | 'quotePolicy'> &
  Record<Counters, string> &
  QuoteColumns & {
    readonly mentions: Mention[] | null;
    readonly poll: PollRow | null;
    readonly reactions: StatusReaction[] | null;
    readonly policyBits: number | null;
  };

const quoteOf = ({ quoteState, quotedId, quotedUri, quoteStampUri, quoteLegacy }: QuoteColumns): StatusQuote | null =>
  quoteState === null ? null : { quotedId, quotedUri, state: quoteState, stampUri: quoteStampUri, legacy: quoteLegacy === true };

const toStatus = ({ policyBits, quoteState, quotedId, quotedUri, quoteStampUri, quoteLegacy, ...row }: StatusRow): Status => ({
  ...row,
  mentions: row.mentions ?? [],
  poll: row.poll === null ? null : toPoll(row.poll),
  reactions: row.reactions ?? [],
  quote: quoteOf({ quoteState, quotedId, quotedUri, quoteStampUri, quoteLegacy }),
  quotePolicy: policyOfBits(policyBits),
  quotesCount: Number(row.quotesCount),
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
