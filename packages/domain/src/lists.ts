import type { AccountId, Snowflake } from '@trunkline/kernel';
import { feedVerdict, type FeedVerdict, type TimelineFacts } from './timelines.js';
import type { Viewer } from './visibility.js';

/** Which answers of its members a list shows besides those to the reader and to themselves: to whom the reader follows, to other members, none. */
export type RepliesPolicy = 'followed' | 'list' | 'none';
export const REPLIES_POLICIES = ['followed', 'list', 'none'] as const satisfies readonly RepliesPolicy[];

export const LISTS_MAX = 50;
/** Of one list: what a page of it costs grows with them. */
export const LIST_MEMBERS_MAX = 1_000;
export const LIST_TITLE_LENGTH_MAX = 256;

/** Some of the people whom somebody follows, read apart. */
export interface List {
  readonly id: Snowflake;
  /** Whose it is. */
  readonly accountId: AccountId;
  readonly title: string;
  readonly repliesPolicy: RepliesPolicy;
  /** What members write does not stand in the home timeline. */
  readonly exclusive: boolean;
}

export type ListVerdict = Exclude<FeedVerdict, 'apart'> | 'not-in-list' | 'reply-outside-list';

/**
 * Whether a status stands in a list of `viewer`: the rules of the home feed, but for members kept apart from it, and the list's own
 * for answers. `isMember` is asked about authors and about who is answered.
 * @see Mastodon app/lib/feed_manager.rb, filter_from_list
 */
export function listVerdict(item: TimelineFacts, viewer: Viewer, list: { readonly repliesPolicy: RepliesPolicy; readonly isMember: (id: AccountId) => boolean }): ListVerdict {
  const { status, reply, boosted } = item;
  if (!list.isMember(status.authorId)) return 'not-in-list';
  const verdict = feedVerdict(item, viewer);
  if (verdict !== 'show' && verdict !== 'apart') return verdict;
  const to = boosted === null ? (reply?.toAccountId ?? null) : null;
  if (to === null || to === status.authorId || to === viewer.id || list.repliesPolicy === 'followed') return 'show';
  return list.repliesPolicy === 'list' && list.isMember(to) ? 'show' : 'reply-outside-list';
}
