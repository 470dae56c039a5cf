import { effectivePolicy, type Account, type OwnAnswers, type QuotableFacts, type QuotePermission, type ShownQuote, type Status, type StatusFacts, type StatusFlags, type StatusQuote, type TimelineFacts } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { isAnswered } from '../reading/load-statuses.js';
import { renderAccount, renderAnswers, renderApproval, renderFlags, renderStatusBody, type AccountExtras, type Answerable, type RenderContext } from '@trunkline/mastodon-api';

/**
 * A status as pages need it again and again: what rules ask about, and its JSON up to the account, as the bytes that
 * are sent: encoding a page of texts would cost as much as everything else that is done for it.
 */
export interface StatusFragment {
  readonly id: StatusId;
  readonly accountId: AccountId;
  readonly boostOfId: StatusId | null;
  readonly facts: Omit<StatusFacts, 'authorSuspended'>;
  readonly language: string | null;
  readonly reply: TimelineFacts['reply'];
  /** Its poll and reactions, which look different to those who answered; null where there are none, as mostly. */
  readonly answered: Answerable | null;
  readonly quote: StatusQuote | null;
  readonly quotable: QuotableFacts;
  readonly jsonHead: Buffer;
  /** Who may quote it, up to what the reader is told. */
  readonly approvalJson: Buffer;
}

export interface AccountFragment {
  readonly id: AccountId;
  /** Suspended here, on a suspended server, or gone for good. */
  readonly suspended: boolean;
  readonly silenced: boolean;
  readonly json: Buffer;
}

/** A status put together from fragments; `boosted` one level deep, quotes two. */
export interface FragmentView {
  readonly status: StatusFragment;
  readonly author: AccountFragment;
  readonly boosted: FragmentView | null;
  readonly quoted: FragmentView | null;
  /** How the reader gets its quote; null: it shows none. */
  readonly quote: ShownQuote | null;
  readonly permission: QuotePermission;
  /** null: nobody is signed in. */
  readonly flags: StatusFlags | null;
  /** The viewer's votes and reactions, where there is a poll or a reaction. */
  readonly own: OwnAnswers | null;
}

export function statusFragment(status: Status, ctx: RenderContext): StatusFragment {
  const isReply = status.inReplyToId !== null || status.inReplyToUri !== null;
  const { id, accountId, poll, reactions, emojis } = status;
  const answered = isAnswered(status) ? { id, accountId, poll, reactions, emojis } : null;
  const body = { ...renderStatusBody(status, ctx), ...(answered === null ? renderAnswers(status, null) : {}) };
  return {
    id: status.id,
    accountId: status.accountId,
    boostOfId: status.boostOfId,
    facts: {
      authorId: status.accountId,
      visibility: status.visibility,
      mentionedIds: new Set(status.mentions.map((mention) => mention.accountId)),
      deleted: status.deletedAt !== null,
    },
    language: status.language,
    reply: isReply ? { toAccountId: status.inReplyToAccountId } : null,
    answered,
    quote: status.quote,
    quotable: { authorId: status.accountId, visibility: status.visibility, isBoost: status.boostOfId !== null, policy: effectivePolicy(status) },
    // What the reader is told stands last in it, and is cut off.
    approvalJson: Buffer.from(`,"quote_approval":${JSON.stringify(renderApproval(status, 'denied')).slice(0, -'"denied"}'.length)}`),
    jsonHead: Buffer.from(`${JSON.stringify(body).slice(0, -1)},"account":`),
  };
}

export function accountFragment(account: Account, ctx: RenderContext, extras: AccountExtras): AccountFragment {
  return {
    id: account.id,
    suspended: extras.suspended === true || account.suspendedAt !== null || account.deletedAt !== null,
    silenced: extras.limited === true || account.silencedAt !== null,
    json: Buffer.from(JSON.stringify(renderAccount(account, ctx, extras))),
  };
}

/** As the pure rules judge it, moderation included. */
export function fragmentFacts(view: FragmentView): TimelineFacts {
  const { status, author, boosted } = view;
  return {
    status: { ...status.facts, authorSuspended: author.suspended },
    language: status.language,
    authorSilenced: author.silenced,
    reply: status.reply,
    boosted:
      boosted === null
        ? null
        : { status: { ...boosted.status.facts, authorSuspended: boosted.author.suspended }, authorSilenced: boosted.author.silenced },
  };
}

/** Status entities as a JSON array in UTF-8: the same that `presentStatuses` gives as objects. */
export function fragmentsJson(views: readonly FragmentView[], viewerId: AccountId | null): Buffer {
  const pieces: Buffer[] = [];
  for (const view of views) {
    pieces.push(pieces.length === 0 ? OPEN : COMMA);
    addPieces(pieces, view, viewerId);
  }
  if (pieces.length === 0) pieces.push(OPEN);
  pieces.push(CLOSE);
  return Buffer.concat(pieces);
}

/** A quoted status names what it quotes itself by id alone. */
function addPieces(pieces: Buffer[], view: FragmentView, viewerId: AccountId | null, isQuoted = false): void {
  const { status, author, boosted, flags, own } = view;
  pieces.push(status.jsonHead, author.json);
  if (status.answered !== null) pieces.push(Buffer.from(`,${JSON.stringify(renderAnswers(status.answered, own)).slice(1, -1)}`));
  if (view.quote === null) pieces.push(NO_QUOTE);
  else addQuote(pieces, { ...view, quote: view.quote }, viewerId, isQuoted);
  pieces.push(status.approvalJson, PERMISSIONS[view.permission]);
  if (boosted === null) {
    pieces.push(NO_REBLOG);
  } else {
    pieces.push(REBLOG);
    addPieces(pieces, boosted, viewerId);
  }
  const mayPin = viewerId === status.accountId && status.boostOfId === null && status.facts.visibility !== 'direct';
  pieces.push(flags === null ? END : flagsEnd(flags, mayPin));
}

function addQuote(pieces: Buffer[], { quote, quoted }: FragmentView & { readonly quote: ShownQuote }, viewerId: AccountId | null, isQuoted: boolean): void {
  const open = quote.isOpen ? quoted : null;
  const state = `,"quote":{"state":"${quote.state}"`;
  if (isQuoted) {
    pieces.push(Buffer.from(`${state},"quoted_status_id":${open === null ? 'null' : `"${open.status.id}"`}}`));
    return;
  }
  pieces.push(Buffer.from(`${state},"quoted_status":`));
  if (open === null) pieces.push(NULL);
  else addPieces(pieces, open, viewerId, true);
  pieces.push(END);
}

const [NO_QUOTE, NULL] = [Buffer.from(',"quote":null'), Buffer.from('null')];
const PERMISSIONS: Readonly<Record<QuotePermission, Buffer>> = {
  automatic: Buffer.from('"automatic"}'),
  manual: Buffer.from('"manual"}'),
  denied: Buffer.from('"denied"}'),
  unknown: Buffer.from('"unknown"}'),
};
const [OPEN, COMMA, CLOSE, END] = [Buffer.from('['), Buffer.from(','), Buffer.from(']'), Buffer.from('}')];
const [REBLOG, NO_REBLOG] = [Buffer.from(',"reblog":'), Buffer.from(',"reblog":null')];

/** The end of a status for each set of marks. */
const FLAG_ENDS: readonly Buffer[] = Array.from({ length: 64 }, (_, bits) => {
  const flags = { favourited: (bits & 1) > 0, boosted: (bits & 2) > 0, bookmarked: (bits & 4) > 0, muted: (bits & 8) > 0, pinned: (bits & 16) > 0 };
  return Buffer.from(`,${JSON.stringify(renderFlags(flags, (bits & 32) > 0)).slice(1)}`);
});

function flagsEnd(flags: StatusFlags, mayPin: boolean): Buffer {
  const bits = (flags.favourited ? 1 : 0) | (flags.boosted ? 2 : 0) | (flags.bookmarked ? 4 : 0) | (flags.muted ? 8 : 0) | (flags.pinned ? 16 : 0) | (mayPin ? 32 : 0);
  return FLAG_ENDS[bits] ?? END;
}
