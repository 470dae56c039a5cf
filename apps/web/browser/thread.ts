import { element } from './element.js';
import type { Status } from './mastodon.js';
import { hostOf, partialMark, partialOf, untilRead } from './partial.js';
import type { PostActions } from './post-actions.js';
import { ask } from './session.js';
import { unfolding, type Unfolding } from './unfold.js';

type View = (status: Status, actions: PostActions) => HTMLElement;

/** What a post answers and what answers it; where other servers take part, that something may be missing. */
export function thread(status: Status, actions: PostActions, view: View): Unfolding {
  return unfolding('Thread', { name: `Thread of a post by @${status.account.acct}`, onError: actions.onError, fill: (place) => show(status, actions, view, place) });
}

async function show(status: Status, actions: PostActions, view: View, place: HTMLElement): Promise<void> {
  const { json, headers } = await ask<Record<'ancestors' | 'descendants', Status[]>>('GET', `/api/v1/statuses/${status.id}/context`);
  const hosts = new Set([status, ...json.ancestors, ...json.descendants].map(({ account }) => hostOf(account.acct)).filter((host) => host !== null));
  const partial = partialOf(headers);
  const inThread: PostActions = { ...actions, isInThread: true };
  const part = (title: string, posts: readonly Status[]): HTMLElement[] =>
    posts.length === 0 ? [] : [element('h3', {}, title), element('div', { class: 'statuses' }, ...posts.map((one) => view(one, inThread)))];
  const home = hostOf(status.account.acct);
  place.replaceChildren(
    ...part('Before it', json.ancestors),
    ...part('Answers', json.descendants),
    ...(json.ancestors.length + json.descendants.length === 0 ? [element('p', { class: 'empty' }, 'Nothing else of this thread is known here.')] : []),
    ...(hosts.size === 0 ? [] : [partialMark({
      text: 'Other servers take part in this thread: some of it may be missing here.',
      whole: home === null || status.url === null ? null : { href: status.url, label: `See it on ${home}` },
      partial,
    })]),
  );
  if (partial.reading !== null && (await untilRead(partial.reading, place))) await show(status, actions, view, place);
}
