import { element } from './element.js';
import type { Account, Status } from './mastodon.js';
import { hostOf, partialMark, partialOf, untilRead } from './partial.js';
import type { PostActions } from './post-actions.js';
import { postView } from './post-view.js';
import { ask } from './session.js';
import { unfolding, type Unfolding } from './unfold.js';

const SHOWN = 20;

/** The posts of somebody, as far as they are known here; of people elsewhere it says so, and shows more as soon as it came. */
export function knownPosts(account: Account, actions: PostActions): Unfolding {
  return unfolding('Posts', { name: `Posts of @${account.acct}`, onError: actions.onError, fill: (place) => show(account, actions, place) });
}

async function show(account: Account, actions: PostActions, place: HTMLElement): Promise<void> {
  const { json, headers } = await ask<Status[]>('GET', `/api/v1/accounts/${account.id}/statuses?limit=${SHOWN}&exclude_replies=true`);
  const host = hostOf(account.acct);
  const partial = partialOf(headers);
  const list = json.length === 0 ? element('p', { class: 'empty' }, 'No post is known here yet.') : element('div', { class: 'statuses' }, ...json.map((status) => postView(status, actions)));
  const mark = host === null ? null : partialMark({
    text: `These are the posts that are known here, not all that @${account.acct} wrote.`,
    whole: { href: account.url, label: `See all of them on ${host}` },
    partial,
  });
  place.replaceChildren(...[mark, list].filter((part) => part !== null));
  if (partial.reading !== null && (await untilRead(partial.reading, place))) await show(account, actions, place);
}
