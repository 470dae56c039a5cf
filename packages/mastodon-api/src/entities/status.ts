import { effectivePolicy, normaliseHashtag, tagUrl, type Account, type MediaAttachment, type OwnAnswers, type QuotePermission, type ShownQuote, type Status, type StatusFlags } from '@trunkline/domain';
import { renderAccount, renderEmoji, type AccountExtras } from './account.js';
import { acctOf, timestamp, timestampOrNull, webUrl, type RenderContext } from './context.js';
import { renderAnswers } from './poll.js';
import type { ApprovalJson, MediaAttachmentJson, QuoteJson, ShallowQuoteJson, StatusJson } from './shape.js';
import { withoutQuoteLink } from './quote-link.js';

/** A status with what was loaded around it. It has been judged visible already: rendering asks no rule. */
export interface StatusView {
  readonly status: Status;
  readonly account: Account;
  readonly accountExtras?: AccountExtras;
  /** The boosted status, for a boost. */
  readonly boost: StatusView | null;
  /** How the viewer gets its quote, and the quoted status if it may be shown. */
  readonly quote: ShownQuote | null;
  readonly quoted: StatusView | null;
  /** Whether the viewer may quote it. */
  readonly permission: QuotePermission;
  /** The viewer's own marks; `null` without a token, or with one of no person. */
  readonly flags: StatusFlags | null;
  /** The viewer's own votes and reactions, where there is anything to answer. */
  readonly own?: OwnAnswers | null;
  /** The viewer wrote it and it is no direct message: only then `pinned` is shown. */
  readonly mayPin?: boolean;
  /** Show the text as typed: only in the answer to a deletion, for redrafting. */
  readonly withText?: boolean;
}

export function renderMedia(media: MediaAttachment): MediaAttachmentJson {
  const size =
    media.width === null || media.height === null
      ? null
      : { width: media.width, height: media.height, size: `${media.width}x${media.height}`, aspect: media.width / Math.max(1, media.height) };
  return {
    id: media.id,
    type: media.kind,
    url: webUrl(media.url) ?? webUrl(media.remoteUrl),
    preview_url: webUrl(media.previewUrl) ?? webUrl(media.url),
    remote_url: webUrl(media.remoteUrl),
    preview_remote_url: null,
    meta: {
      ...(media.focus === null ? {} : { focus: { x: media.focus[0], y: media.focus[1] } }),
      ...(size === null ? {} : { original: size }),
    },
    description: media.description,
    blurhash: media.blurhash,
  };
}

/**
 * A status, with the boosted one nested.
 * @see https://docs.joinmastodon.org/entities/Status/
 */
export function renderStatus(view: StatusView, ctx: RenderContext): StatusJson {
  return renderWith(view, ctx, renderQuote(view, ctx));
}

function renderWith(view: StatusView, ctx: RenderContext, quote: StatusJson['quote']): StatusJson {
  const { status, flags } = view;
  return {
    ...renderStatusBody(status, ctx, view.withText),
    ...renderAnswers(status, view.own ?? null),
    account: renderAccount(view.account, ctx, view.accountExtras),
    quote,
    quote_approval: renderApproval(status, view.permission),
    reblog: view.boost === null ? null : renderStatus(view.boost, ctx),
    ...(flags === null ? {} : renderFlags(flags, view.mayPin === true)),
  };
}

/** The quoted status whole; of what that quotes the id alone. */
function renderQuote({ quote, quoted }: StatusView, ctx: RenderContext): QuoteJson | null {
  if (quote === null) return null;
  return { state: quote.state, quoted_status: quote.isOpen && quoted !== null ? renderWith(quoted, ctx, renderShallowQuote(quoted)) : null };
}

const renderShallowQuote = ({ quote, quoted }: StatusView): ShallowQuoteJson | null =>
  quote === null ? null : { state: quote.state, quoted_status_id: quote.isOpen && quoted !== null ? quoted.status.id : null };

/** Who may quote, in Mastodon's words: it knows no people by name. */
export function renderApproval(status: Pick<Status, 'boostOfId' | 'local' | 'visibility' | 'quotePolicy'>, permission: QuotePermission): ApprovalJson {
  const policy = effectivePolicy(status);
  const names = (groups: readonly string[]): string[] => (status.boostOfId === null ? groups.map((group) => (group === 'other' ? 'unsupported_policy' : group)) : []);
  return { automatic: names(policy.automatic), manual: names(policy.manual), current_user: permission };
}

/** What stands in a status whoever reads it; its account, what it boosts, its answers and the reader's marks come beside it. */
export function renderStatusBody(status: Status, ctx: RenderContext, withText = false): Omit<StatusJson, 'account' | 'reblog' | 'poll' | 'reactions' | 'quote' | 'quote_approval'> {
  return {
    id: status.id,
    uri: status.uri,
    url: webUrl(status.url),
    created_at: timestamp(status.createdAt),
    edited_at: timestampOrNull(status.editedAt),
    content: status.quote?.state === 'accepted' ? withoutQuoteLink(status.content) : status.content,
    text: withText ? (status.text ?? '') : null,
    visibility: status.visibility,
    sensitive: status.sensitive,
    spoiler_text: status.spoilerText,
    language: status.language,
    in_reply_to_id: status.inReplyToId,
    in_reply_to_account_id: status.inReplyToAccountId,
    media_attachments: status.media.map(renderMedia),
    ...(status.applicationName === null
      ? {}
      : { application: { name: status.applicationName, website: webUrl(status.applicationWebsite) } }),
    mentions: renderMentions(status),
    tags: renderTags(status, ctx),
    emojis: status.emojis.map(renderEmoji),
    replies_count: status.repliesCount,
    reblogs_count: status.boostsCount,
    favourites_count: status.favouritesCount,
    quotes_count: status.quotesCount,
    card: null,
    tagged_collections: [],
  };
}

/** The reader's marks. */
export function renderFlags(flags: StatusFlags, mayPin: boolean): Partial<StatusJson> {
  return {
    favourited: flags.favourited,
    reblogged: flags.boosted,
    muted: flags.muted,
    bookmarked: flags.bookmarked,
    ...(mayPin ? { pinned: flags.pinned } : {}),
    filtered: [],
  };
}

/** Silent mentions open the status to people without naming them to clients. */
function renderMentions(status: Status): StatusJson['mentions'] {
  return status.mentions
    .filter((mention) => !mention.silent)
    .map((mention) => ({
      id: mention.accountId,
      username: mention.username,
      url: webUrl(mention.url) ?? mention.uri,
      acct: acctOf(mention),
    }));
}

function renderTags(status: Status, ctx: RenderContext): StatusJson['tags'] {
  const names = new Set(status.tags.map(normaliseHashtag).filter((name) => name !== ''));
  return [...names].map((name) => ({ name, url: tagUrl(ctx.baseUrl, name) }));
}

export function renderContext(
  ancestors: readonly StatusView[],
  descendants: readonly StatusView[],
  ctx: RenderContext,
): { ancestors: StatusJson[]; descendants: StatusJson[] } {
  return {
    ancestors: ancestors.map((view) => renderStatus(view, ctx)),
    descendants: descendants.map((view) => renderStatus(view, ctx)),
  };
}

/** The text as its author typed it, for the edit form. */
export const renderStatusSource = (status: Status): { id: string; text: string; spoiler_text: string } => ({
  id: status.id,
  text: status.text ?? '',
  spoiler_text: status.spoilerText,
});

/** One earlier form of a status. The newest is the status itself. */
export interface StatusRevision {
  readonly content: string;
  readonly spoilerText: string;
  readonly sensitive: boolean;
  readonly media: readonly MediaAttachment[];
  readonly emojis: Status['emojis'];
  readonly createdAt: Date;
}

export function renderStatusEdit(edit: StatusRevision, account: Account, ctx: RenderContext): Record<string, unknown> {
  return {
    content: edit.content,
    spoiler_text: edit.spoilerText,
    sensitive: edit.sensitive,
    created_at: timestamp(edit.createdAt),
    account: renderAccount(account, ctx),
    media_attachments: edit.media.map(renderMedia),
    emojis: edit.emojis.map(renderEmoji),
    quote: null,
  };
}
