import type { AccountId } from '@trunkline/kernel';
import type { Account, Status } from './model.js';
import type { DomainVerdict } from './policy.js';
import { factsOf, sightFor, type StatusFacts, type Viewer } from './visibility.js';

/** A status as timelines judge it. */
export interface TimelineFacts {
  readonly status: StatusFacts;
  readonly language: string | null;
  readonly authorSilenced: boolean;
  /** `null`: no reply. `toAccountId` is null while the parent is not known here. */
  readonly reply: { readonly toAccountId: AccountId | null } | null;
  /** What this boosts; its `authorSilenced` is that of the boosted author. */
  readonly boosted: { readonly status: StatusFacts; readonly authorSilenced: boolean } | null;
}

export interface LoadedStatus {
  readonly status: Status;
  readonly author: Account;
}

/**
 * The facts of loaded rows. `verdictOn` is the policy's answer for an account's server. A boost whose status was
 * not found counts as a boost of something deleted.
 */
export function timelineFactsOf(
  loaded: LoadedStatus,
  boosted: LoadedStatus | null,
  verdictOn: (domain: string | null) => DomainVerdict,
): TimelineFacts {
  const { status } = loaded;
  const judge = (one: LoadedStatus): { status: StatusFacts; authorSilenced: boolean } => {
    const verdict = verdictOn(one.author.domain);
    return { status: factsOf(one.status, one.author, verdict.suspended), authorSilenced: verdict.silenced || one.author.silencedAt !== null };
  };
  const own = judge(loaded);
  const lost = { status: { ...own.status, deleted: true }, authorSilenced: false };
  const isReply = status.inReplyToId !== null || status.inReplyToAccountId !== null || status.inReplyToUri !== null;
  return {
    ...own,
    language: status.language,
    reply: isReply ? { toAccountId: status.inReplyToAccountId } : null,
    boosted: status.boostOfId === null ? null : boosted === null ? lost : judge(boosted),
  };
}

export type FeedVerdict =
  | 'show'
  | 'hidden'
  | 'not-followed'
  | 'language'
  | 'muted-or-blocked'
  | 'mentions-muted-or-blocked'
  | 'domain-blocked'
  | 'boosts-off'
  | 'silenced'
  | 'reply-to-stranger'
  | 'apart';

/**
 * Whether a status may enter, or remain in, `viewer`'s home feed. Asked at fan-out and again at every read: a
 * block, an unfollow or a suspension empties feeds at once.
 * @see Mastodon app/lib/feed_manager.rb, whose rules these are (4.6); silenced boosted authors are ours.
 */
export function feedVerdict(item: TimelineFacts, viewer: Viewer): FeedVerdict {
  const { status, boosted } = item;
  if (sightFor(status, boosted?.status ?? null, viewer) !== 'visible') return 'hidden';
  if (status.authorId === viewer.id) return 'show';

  const ties = viewer.tiesTo(status.authorId);
  if (!ties.follows) return 'not-followed';
  if (ties.mutes || ties.blocksDomain) return ties.mutes ? 'muted-or-blocked' : 'domain-blocked';
  const language = item.language;
  if (ties.languages !== null && ties.languages.length > 0 && language !== null && !ties.languages.includes(language)) {
    return 'language';
  }
  if (namesUnwanted(status, viewer)) return 'mentions-muted-or-blocked';
  const verdict = boosted === null ? replyVerdict(item, viewer) : boostVerdict(boosted, ties.showsBoosts, viewer);
  // Asked last: what is `apart` would show but for that.
  return verdict === 'show' && ties.apart === true ? 'apart' : verdict;
}

/**
 * Whether what is hidden by this verdict may show later without anybody being told: a parent arrives, a silence is lifted,
 * a mute ends by itself, an edit changes the language or who is named. Such an entry belongs into the feed, where rules
 * are asked again at each read.
 */
export function mayShowLater(item: TimelineFacts, viewer: Viewer, verdict: FeedVerdict): boolean {
  switch (verdict) {
    case 'reply-to-stranger':
      return item.reply?.toAccountId === null;
    case 'muted-or-blocked':
      return [item, item.boosted].some((one) => one !== null && viewer.tiesTo(one.status.authorId).muteEnds === true);
    case 'silenced':
    case 'language':
    case 'mentions-muted-or-blocked':
      return true;
    default:
      return false;
  }
}

function boostVerdict(boosted: NonNullable<TimelineFacts['boosted']>, showsBoosts: boolean, viewer: Viewer): FeedVerdict {
  if (!showsBoosts) return 'boosts-off';
  if (boosted.status.authorId === viewer.id) return 'show';
  const ties = viewer.tiesTo(boosted.status.authorId);
  if (ties.mutes) return 'muted-or-blocked';
  if (ties.blocksDomain) return 'domain-blocked';
  if (boosted.authorSilenced && !ties.follows) return 'silenced';
  return namesUnwanted(boosted.status, viewer) ? 'mentions-muted-or-blocked' : 'show';
}

/** Replies show when they answer somebody the viewer follows, the viewer, or their own author. */
function replyVerdict(item: TimelineFacts, viewer: Viewer): FeedVerdict {
  if (item.reply === null) return 'show';
  const to = item.reply.toAccountId;
  if (to === null) return 'reply-to-stranger';
  return to === viewer.id || to === item.status.authorId || viewer.tiesTo(to).follows ? 'show' : 'reply-to-stranger';
}

function namesUnwanted(status: StatusFacts, viewer: Viewer): boolean {
  for (const id of status.mentionedIds) {
    const ties = viewer.tiesTo(id);
    if (id !== viewer.id && (ties.blocks || ties.mutes)) return true;
  }
  return false;
}

export type PublicVerdict = FeedVerdict | 'not-public' | 'boost';

/**
 * Whether a status stands in the public (local, remote) timelines for `viewer` (`null`: no token). Tag timelines
 * hold replies too: `repliesToo`.
 * @see Mastodon app/models/public_feed.rb and tag_feed.rb (4.6)
 */
export function publicTimelineVerdict(
  item: TimelineFacts,
  viewer: Viewer | null,
  options: { readonly repliesToo?: boolean } = {},
): PublicVerdict {
  const { status } = item;
  if (status.visibility !== 'public') return 'not-public';
  if (item.boosted !== null) return 'boost';
  if (sightFor(status, null, viewer) !== 'visible') return 'hidden';
  if (item.authorSilenced) return 'silenced';
  const toOthers = item.reply !== null && item.reply.toAccountId !== status.authorId;
  if (toOthers && options.repliesToo !== true) return 'reply-to-stranger';
  if (viewer === null || viewer.id === status.authorId) return 'show';
  const ties = viewer.tiesTo(status.authorId);
  if (ties.mutes) return 'muted-or-blocked';
  return ties.blocksDomain ? 'domain-blocked' : 'show';
}
