import type { Account, Status, StatusFacts, StatusFlags, TimelineFacts } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { renderAccount, renderFlags, renderStatusBody, type AccountExtras, type RenderContext } from '@trunkline/mastodon-api';

/** A status as pages need it again and again: what rules ask about, and its JSON up to the account. */
export interface StatusFragment {
  readonly id: StatusId;
  readonly accountId: AccountId;
  readonly boostOfId: StatusId | null;
  readonly facts: Omit<StatusFacts, 'authorSuspended'>;
  readonly language: string | null;
  readonly reply: TimelineFacts['reply'];
  readonly jsonHead: string;
}

export interface AccountFragment {
  readonly id: AccountId;
  /** Suspended here, on a suspended server, or gone for good. */
  readonly suspended: boolean;
  readonly silenced: boolean;
  readonly json: string;
}

/** A status put together from fragments; `boosted` one level deep. */
export interface FragmentView {
  readonly status: StatusFragment;
  readonly author: AccountFragment;
  readonly boosted: FragmentView | null;
  /** null: nobody is signed in. */
  readonly flags: StatusFlags | null;
}

export function statusFragment(status: Status, ctx: RenderContext): StatusFragment {
  const isReply = status.inReplyToId !== null || status.inReplyToUri !== null;
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
    jsonHead: `${JSON.stringify(renderStatusBody(status, ctx)).slice(0, -1)},"account":`,
  };
}

export function accountFragment(account: Account, ctx: RenderContext, extras: AccountExtras): AccountFragment {
  return {
    id: account.id,
    suspended: extras.suspended === true || account.suspendedAt !== null || account.deletedAt !== null,
    silenced: extras.limited === true || account.silencedAt !== null,
    json: JSON.stringify(renderAccount(account, ctx, extras)),
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

/** The status entity as JSON text: the same that `presentStatuses` gives as objects. */
export function fragmentJson(view: FragmentView, viewerId: AccountId | null): string {
  const { status, author, boosted, flags } = view;
  const mayPin = viewerId === status.accountId && status.boostOfId === null && status.facts.visibility !== 'direct';
  const reblog = boosted === null ? 'null' : fragmentJson(boosted, viewerId);
  return `${status.jsonHead}${author.json},"reblog":${reblog}${flags === null ? '}' : flagsJson(flags, mayPin)}`;
}

/** The end of a status for each set of marks. */
const FLAG_TEXTS: readonly string[] = Array.from({ length: 64 }, (_, bits) => {
  const flags = { favourited: (bits & 1) > 0, boosted: (bits & 2) > 0, bookmarked: (bits & 4) > 0, muted: (bits & 8) > 0, pinned: (bits & 16) > 0 };
  return `,${JSON.stringify(renderFlags(flags, (bits & 32) > 0)).slice(1)}`;
});

function flagsJson(flags: StatusFlags, mayPin: boolean): string {
  const bits = (flags.favourited ? 1 : 0) | (flags.boosted ? 2 : 0) | (flags.bookmarked ? 4 : 0) | (flags.muted ? 8 : 0) | (flags.pinned ? 16 : 0) | (mayPin ? 32 : 0);
  return FLAG_TEXTS[bits] ?? '';
}
