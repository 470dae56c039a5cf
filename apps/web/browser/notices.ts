import { element } from './element.js';
import type { Notice } from './mastodon.js';
import { avatarOf, nameOf } from './post-view.js';
import { safeHtml } from './safe-html.js';
import { api } from './session.js';

const SENTENCES: Readonly<Record<string, string>> = {
  mention: 'mentioned you',
  follow: 'follows you now',
  follow_request: 'wants to follow you',
  favourite: 'favourited your post',
  reblog: 'boosted your post',
  status: 'posted',
  update: 'edited a post',
  poll: 'had a poll that has ended',
  quote: 'quoted your post',
  quoted_update: 'edited a post that you quote',
  'admin.sign_up': 'signed up',
  'admin.report': 'sent a report',
};

/** A button with the number of unread notifications, and the list that it opens. */
export function notices(onError: (error: unknown) => void): { readonly button: HTMLElement; readonly list: HTMLElement; refresh(): void } {
  const button = element('button', { type: 'button', 'aria-expanded': 'false', 'aria-controls': 'notices' }, 'Notifications');
  const list = element('section', { id: 'notices', class: 'notices', 'aria-label': 'Notifications', hidden: true });
  const label = (count: number): void => {
    button.textContent = count === 0 ? 'Notifications' : `Notifications (${count})`;
    button.classList.toggle('unread', count > 0);
  };
  const refresh = (): void => {
    api<{ count: number }>('GET', '/api/v1/notifications/unread_count').then(({ count }) => label(count), onError);
  };
  const open = async (): Promise<void> => {
    const found = await api<Notice[]>('GET', '/api/v1/notifications?limit=20');
    list.replaceChildren(...(found.length === 0 ? [element('p', { class: 'quiet' }, 'Nothing yet.')] : found.map((notice) => noticeView(notice, onError))));
    const newest = found[0];
    if (newest !== undefined) await api('POST', '/api/v1/markers', { notifications: { last_read_id: newest.id } });
    label(0);
  };
  button.addEventListener('click', () => {
    list.hidden = !list.hidden;
    button.setAttribute('aria-expanded', String(!list.hidden));
    if (!list.hidden) open().catch(onError);
  });
  refresh();
  return { button, list, refresh };
}

function noticeView(notice: Notice, onError: (error: unknown) => void): HTMLElement {
  const excerpt = element('div', { class: 'content excerpt' });
  if (notice.status !== undefined) excerpt.append(safeHtml(notice.status.spoiler_text === '' ? notice.status.content : '', notice.status.emojis), notice.status.spoiler_text);
  return element('article', { class: 'person' }, avatarOf(notice.account),
    element('div', { class: 'who' },
      element('p', {}, element('a', { class: 'name', href: notice.account.url }, nameOf(notice.account)), ` ${SENTENCES[notice.type] ?? notice.type}`),
      notice.status !== undefined && excerpt,
      notice.type === 'follow_request' && decision(notice.account, onError),
    ),
  );
}

/** Whether somebody who asked may follow. */
function decision({ id }: Notice['account'], onError: (error: unknown) => void): HTMLElement {
  const place = element('p', { class: 'row' });
  const decide = (order: string, done: string) => (): void => {
    api('POST', `/api/v1/follow_requests/${id}/${order}`).then(() => place.replaceChildren(done), onError);
  };
  place.append(
    element('button', { type: 'button', click: decide('authorize', 'You let them follow you.') }, 'Accept'),
    element('button', { type: 'button', class: 'quiet', click: decide('reject', 'You declined.') }, 'Decline'),
  );
  return place;
}
