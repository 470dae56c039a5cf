import { element } from './element.js';
import type { Status } from './mastodon.js';
import type { PostActions } from './post-actions.js';
import { postView } from './post-view.js';
import { api } from './session.js';

const PAGE = 20;
/** Beyond this many posts that nobody asked to see, the list is read anew. */
const WAITING_MAX = 200;

export interface Timeline {
  readonly view: HTMLElement;
  /** One's own post: shown at once. */
  add(status: Status): void;
  /** A post that arrived by itself: announced, shown when asked for, so that nothing moves under the reader's eyes. */
  announce(status: Status): void;
  replace(status: Status): void;
  remove(id: string): void;
  /** Reads what was missed. */
  catchUp(): Promise<void>;
  start(): Promise<void>;
}

export function timeline(actions: PostActions): Timeline {
  const list = element('div', { class: 'statuses', 'aria-label': 'Home timeline', role: 'feed' });
  const fresh = element('button', { type: 'button', class: 'fresh', hidden: true, click: () => showWaiting() });
  const older = element('button', { type: 'button', hidden: true, click: () => void loadOlder().catch(actions.onError) }, 'Older posts');
  let waiting: Status[] = [];

  const viewsOf = (id: string): Element[] => [...list.querySelectorAll(`[data-id="${id}"]`)];
  const label = (): void => {
    fresh.hidden = waiting.length === 0;
    fresh.textContent = waiting.length === 1 ? '1 new post' : `${waiting.length} new posts`;
  };
  const showWaiting = (): void => {
    for (const status of waiting) add(status);
    waiting = [];
    label();
    list.querySelector<HTMLElement>('a')?.focus();
  };
  const add = (status: Status): void => {
    waiting = waiting.filter(({ id }) => id !== status.id);
    label();
    if (viewsOf(status.id).length > 0) return;
    list.querySelector(':scope > .empty')?.remove();
    list.prepend(postView(status, actions));
  };
  const announce = (status: Status): void => {
    if (viewsOf(status.id).length > 0 || waiting.some(({ id }) => id === status.id)) return;
    waiting.push(status);
    if (waiting.length > WAITING_MAX) waiting.shift();
    label();
  };
  const replace = (status: Status): void => {
    waiting = waiting.map((one) => (one.id === status.id ? status : one));
    for (const view of viewsOf(status.id)) view.replaceWith(postView(status, actions));
  };
  const remove = (id: string): void => {
    waiting = waiting.filter((status) => status.id !== id && status.reblog?.id !== id);
    label();
    for (const view of [...viewsOf(id), ...list.querySelectorAll(`[data-shown="${id}"]`)]) view.remove();
  };
  const page = (query: string): Promise<Status[]> => api<Status[]>('GET', `/api/v1/timelines/home?limit=${PAGE}${query}`);
  const append = (statuses: readonly Status[]): void => {
    list.append(...statuses.map((status) => postView(status, actions)));
    older.hidden = statuses.length < PAGE;
  };
  const loadOlder = async (): Promise<void> => {
    const last = list.lastElementChild?.getAttribute('data-id');
    append(await page(last === null || last === undefined ? '' : `&max_id=${last}`));
  };
  const start = async (): Promise<void> => {
    append(await page(''));
    if (list.childElementCount === 0) list.append(element('p', { class: 'empty' }, 'Nothing here yet. Follow somebody, or write the first post.'));
  };
  const catchUp = async (): Promise<void> => {
    for (const status of (await page('')).reverse()) announce(status);
  };
  const view = element('section', { 'aria-label': 'Home' }, element('div', { 'aria-live': 'polite', class: 'fresh-place' }, fresh), list, older);
  return { view, add, announce, replace, remove, catchUp, start };
}
