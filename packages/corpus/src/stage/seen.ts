import { htmlToText } from '@trunkline/activitypub';
import type { Json } from '../folder/json.js';

/** As far as a client's view is put into words here. */
export interface AccountSeen {
  readonly id: string;
  readonly acct: string;
  readonly uri: string;
  readonly display_name: string;
  readonly note: string;
  readonly bot: boolean;
  readonly group: boolean;
  readonly locked: boolean;
  readonly fields: readonly unknown[];
  readonly emojis: readonly unknown[];
  readonly avatar: string;
  readonly header: string;
  readonly moved?: AccountSeen | null;
  readonly memorial?: boolean;
  readonly suspended?: boolean;
}

export interface MediaSeen {
  readonly type: string;
  readonly description: string | null;
  readonly blurhash: string | null;
  readonly meta: { readonly focus?: unknown } | null;
}

export interface StatusSeen {
  readonly id: string;
  readonly uri: string;
  readonly visibility: string;
  readonly created_at: string;
  readonly content: string;
  readonly spoiler_text: string;
  readonly sensitive: boolean;
  readonly language: string | null;
  readonly in_reply_to_id: string | null;
  readonly edited_at: string | null;
  readonly favourites_count: number;
  readonly reblogs_count: number;
  readonly media_attachments: readonly MediaSeen[];
  readonly mentions: readonly unknown[];
  readonly tags: readonly unknown[];
  readonly emojis: readonly unknown[];
  readonly account: AccountSeen;
  readonly reblog: StatusSeen | null;
  readonly poll: { readonly id: string; readonly options: readonly unknown[]; readonly votes_count: number; readonly voters_count: number | null; readonly multiple: boolean; readonly expired: boolean } | null;
  readonly quote?: { readonly state: string } | null;
  readonly reactions?: readonly Json[];
}

/** A post as a client shows it, in a few words that say what is there and what is not. */
export function statusSeen(status: StatusSeen): string {
  if (status.reblog !== null) return `boost of ${statusSeen(status.reblog)}`;
  const { poll, quote } = status;
  return words([
    status.visibility,
    status.language,
    htmlToText(status.content).trim() === '' ? 'no text' : null,
    status.spoiler_text !== '' ? 'warning' : null,
    status.sensitive && status.spoiler_text === '' ? 'sensitive' : null,
    ...status.media_attachments.map(mediaSeen),
    poll === null ? null : `poll:${poll.options.length}${poll.multiple ? '+' : ''}${poll.expired ? ' ended' : ''} votes:${poll.votes_count}${poll.voters_count === null ? '' : `/${poll.voters_count}`}`,
    counted('mention', status.mentions),
    counted('tag', status.tags),
    counted('emoji', status.emojis),
    /<a [^>]*href=/.test(status.content) ? 'link' : null,
    quote == null ? null : `quote:${quote.state}`,
    status.in_reply_to_id === null ? null : 'reply',
    status.edited_at === null ? null : 'edited',
    status.reblogs_count > 0 ? `boosts:${status.reblogs_count}` : null,
    status.favourites_count > 0 ? `likes:${status.favourites_count}` : null,
  ]);
}

const mediaSeen = ({ type, description, blurhash, meta }: MediaSeen): string =>
  [type, description ? 'alt' : null, blurhash === null ? null : 'blurhash', meta?.focus === undefined ? null : 'focus'].filter((word) => word !== null).join('+');

/** A profile as a client shows it. */
export function accountSeen(account: AccountSeen): string {
  return words([
    `@${account.acct}`,
    account.group ? 'group' : account.bot ? 'bot' : null,
    account.locked ? 'locked' : null,
    account.display_name === '' ? 'no name' : null,
    htmlToText(account.note).trim() === '' ? null : 'bio',
    counted('field', account.fields),
    counted('emoji', account.emojis),
    isOwn(account.avatar) ? 'avatar' : null,
    isOwn(account.header) ? 'header' : null,
    account.memorial === true ? 'memorial' : null,
    account.suspended === true ? 'suspended' : null,
    account.moved == null ? null : `moved to @${account.moved.acct}`,
  ]);
}

/** Not the picture that stands for none. */
const isOwn = (url: string): boolean => !/missing|placeholder|default/.test(url) && url !== '';
const counted = (name: string, list: readonly unknown[]): string | null => (list.length === 0 ? null : `${name}:${list.length}`);
const words = (list: readonly (string | null)[]): string => list.filter((word) => word !== null).join(' ');
