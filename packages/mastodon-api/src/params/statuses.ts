import type { Visibility } from '@trunkline/domain';
import { z } from 'zod';
import { LIMITS } from '../entities/instance.js';
import { anything, asList, clearableText, cursorShape, flag, idList, language, optionalId, pageFrom, quoteChoice, STATUSES_PER_PAGE, textList } from './pieces.js';
import { poll } from './polls.js';
import { BLANK, NOT_IN_LIST, NOT_SUPPORTED } from './read.js';

// Counting graphemes needs a bound first: no 500 characters, not even of joined emoji, take more than this.
const TEXT_UNITS_MAX = 65_536;
const VISIBILITIES = ['public', 'unlisted', 'private', 'direct'] as const;
const IDS_PER_REQUEST_MAX = 20;

const visibility = z.preprocess(
  (value) => (value === undefined || value === null || value === '' ? undefined : value),
  z.enum(VISIBILITIES, NOT_IN_LIST).optional(),
);
const mediaIds = anything.transform((value, issues) => {
  if (asList(value).length > LIMITS.mediaAttachments) {
    issues.addIssue({ code: 'custom', message: `cannot be more than ${LIMITS.mediaAttachments} files` });
  }
  return idList(LIMITS.mediaAttachments).parse(value);
});
const unsupported = anything.refine((value) => asList(value).length === 0, NOT_SUPPORTED);

const written = {
  status: clearableText(TEXT_UNITS_MAX),
  spoiler_text: clearableText(TEXT_UNITS_MAX),
  media_ids: mediaIds,
  sensitive: flag,
  language,
  poll,
  quote_approval_policy: quoteChoice,
};

interface Written {
  readonly status?: string;
  readonly spoiler_text?: string;
}

/** A warning without a text is the text. Both trimmed. */
function textsOf(params: Written): { text: string; spoilerText: string } {
  const text = (params.status ?? '').trim();
  const spoilerText = (params.spoiler_text ?? '').trim();
  return text === '' ? { text: spoilerText, spoilerText: '' } : { text, spoilerText };
}

const notEmpty = (params: Written & { readonly media_ids: readonly string[] }): boolean =>
  textsOf(params).text !== '' || params.media_ids.length > 0;

/** POST /api/v1/statuses. Whether the text is short enough is the use case's question: it counts as people do. */
export const CreateStatusParams = z
  .object({ ...written, in_reply_to_id: optionalId, visibility, scheduled_at: unsupported, quoted_status_id: optionalId })
  .refine(notEmpty, { path: ['text'], message: BLANK })
  .transform((params) => ({
    ...textsOf(params),
    mediaIds: params.media_ids,
    sensitive: params.sensitive ?? null,
    language: params.language,
    inReplyToId: params.in_reply_to_id,
    poll: params.poll,
    quotedId: params.quoted_status_id,
    quotePolicy: params.quote_approval_policy,
    visibility: (params.visibility ?? null) as Visibility | null,
  }));
export type CreateStatusInput = z.output<typeof CreateStatusParams>;

/** PUT /api/v1/statuses/:id */
export const EditStatusParams = z
  .object(written)
  .refine(notEmpty, { path: ['text'], message: BLANK })
  .transform((params) => ({
    ...textsOf(params),
    mediaIds: params.media_ids,
    sensitive: params.sensitive ?? null,
    language: params.language,
    poll: params.poll,
    quotePolicy: params.quote_approval_policy,
  }));

/** PUT /api/v1/statuses/:id/interaction_policy */
export const InteractionPolicyParams = z
  .object({ quote_approval_policy: quoteChoice.refine((choice) => choice !== undefined, BLANK) })
  .transform((params) => ({ quotePolicy: params.quote_approval_policy ?? 'nobody' }));

/** POST /api/v1/statuses/:id/reblog */
export const ReblogParams = z.object({ visibility }).transform((params) => ({ visibility: (params.visibility ?? null) as Visibility | null }));

/** GET /api/v1/statuses and /api/v1/accounts: `id[]`. */
export const IdsParams = z
  .object({ id: idList(IDS_PER_REQUEST_MAX).optional(), ids: idList(IDS_PER_REQUEST_MAX).optional() })
  .transform((params) => ({ ids: [...new Set([...(params.id ?? []), ...(params.ids ?? [])])].slice(0, IDS_PER_REQUEST_MAX) }));

/** GET /api/v1/timelines/public */
export const PublicTimelineParams = z
  .object({ ...cursorShape, local: flag, remote: flag, only_media: flag })
  .transform((params) => ({
    page: pageFrom(params, STATUSES_PER_PAGE),
    local: params.local === true,
    remote: params.remote === true && params.local !== true,
    onlyMedia: params.only_media === true,
  }));

const TAGS_EACH_MAX = 4;

/** GET /api/v1/timelines/tag/:hashtag */
export const TagTimelineParams = z
  .object({
    ...cursorShape,
    local: flag,
    remote: flag,
    only_media: flag,
    any: textList(TAGS_EACH_MAX),
    all: textList(TAGS_EACH_MAX),
    none: textList(TAGS_EACH_MAX),
  })
  .transform((params) => ({
    page: pageFrom(params, STATUSES_PER_PAGE),
    local: params.local === true,
    remote: params.remote === true && params.local !== true,
    onlyMedia: params.only_media === true,
    any: params.any,
    all: params.all,
    none: params.none,
  }));

/** GET /api/v1/accounts/:id/statuses */
export const AccountStatusesParams = z
  .object({ ...cursorShape, only_media: flag, exclude_replies: flag, exclude_reblogs: flag, pinned: flag, tagged: clearableText(255) })
  .transform((params) => ({
    page: pageFrom(params, STATUSES_PER_PAGE),
    onlyMedia: params.only_media === true,
    excludeReplies: params.exclude_replies === true,
    excludeBoosts: params.exclude_reblogs === true,
    pinned: params.pinned === true,
    tagged: params.tagged === undefined || params.tagged === '' ? null : params.tagged,
  }));
