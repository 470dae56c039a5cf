import { element } from './element.js';
import type { Account, Media, Status } from './mastodon.js';
import type { PostActions } from './post-actions.js';
import { pollView, quoteView, reactionsView } from './post-extras.js';
import { safeHtml, textWithEmojis } from './safe-html.js';
import { api } from './session.js';
import { thread } from './thread.js';

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const nameOf = (account: Account): DocumentFragment => textWithEmojis(account.display_name.trim() || account.username, account.emojis);

/** A post as it stands in a list. `data-id` is that of the list's entry, `data-shown` that of the post itself. */
export function postView(entry: Status, actions: PostActions): HTMLElement {
  const status = entry.reblog ?? entry;
  const { account } = status;
  const talk = actions.isInThread === true ? null : thread(status, actions, postView);
  return element(
    'article',
    { class: 'status', 'data-id': entry.id, 'data-shown': status.id },
    entry.reblog !== null && element('p', { class: 'boosted' }, '↻ ', nameOf(entry.account), ' boosted'),
    element(
      'header',
      {},
      avatarOf(account),
      element('div', { class: 'who' }, element('a', { class: 'name', href: account.url }, nameOf(account)), element('span', { class: 'handle' }, `@${account.acct}`)),
      element('a', { class: 'when', href: status.url ?? '#' }, element('time', { datetime: status.created_at }, WHEN.format(new Date(status.created_at)))),
    ),
    content(status, actions.onError),
    status.reactions !== undefined && status.reactions.length > 0 && reactionsView(status.reactions),
    buttons(status, actions, talk?.button ?? null),
    talk?.place,
  );
}

export const avatarOf = (account: Account): HTMLElement => element('img', { class: 'avatar', src: account.avatar_static, alt: '', width: 48, height: 48, loading: 'lazy' });

function content(status: Status, onError: PostActions['onError']): HTMLElement {
  const text = element('div', { class: 'content', lang: status.language });
  text.append(safeHtml(status.content, status.emojis));
  const items = status.media_attachments.flatMap((item) => mediaItem(item) ?? []);
  const whole = element(
    'div',
    {},
    text,
    status.poll !== null && pollView(status.poll, onError),
    items.length > 0 && gallery(items, status.sensitive && status.spoiler_text === ''),
    status.quote !== null && quoteView(status.quote, nameOf),
  );
  if (status.spoiler_text === '') return whole;
  const summary = element('summary', {});
  summary.append(textWithEmojis(status.spoiler_text, status.emojis));
  return element('details', { class: 'warning' }, summary, whole);
}

/** What may disturb is shown when it is asked for; behind a warning it is so already. */
function gallery(items: readonly HTMLElement[], isCovered: boolean): HTMLElement {
  const shown = element('div', { class: 'media' }, ...items);
  return isCovered ? element('details', { class: 'warning' }, element('summary', {}, 'Sensitive media'), shown) : shown;
}

function mediaItem({ type, url, preview_url: preview, description }: Media): HTMLElement | null {
  if (url === null) return null;
  const label = description ?? '';
  if (type === 'image') return element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, element('img', { src: preview ?? url, alt: label, loading: 'lazy' }));
  if (type === 'video' || type === 'gifv') return element('video', { src: url, controls: true, preload: 'none', 'aria-label': label });
  return element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label || 'Attachment');
}

function buttons(status: Status, actions: PostActions, talk: HTMLButtonElement | null): HTMLElement {
  const mayBoost = status.visibility === 'public' || status.visibility === 'unlisted';
  return element(
    'footer',
    {},
    element('button', { type: 'button', click: () => actions.onReply(status) }, `Reply (${status.replies_count})`),
    talk,
    mayBoost && toggle({ label: 'Boost', isOn: status.reblogged === true, total: status.reblogs_count, on: 'reblog', off: 'unreblog' }, status, actions),
    toggle({ label: 'Favourite', isOn: status.favourited === true, total: status.favourites_count, on: 'favourite', off: 'unfavourite' }, status, actions),
    status.visibility !== 'public' && element('span', {}, status.visibility === 'private' ? 'followers only' : status.visibility),
    status.account.id === actions.me.id && deletion(status, actions),
  );
}

interface Toggle {
  readonly label: string;
  readonly isOn: boolean;
  readonly total: number;
  readonly on: string;
  readonly off: string;
}

/** A button that stays pressed. What the server answers is what is shown. */
function toggle({ label, isOn, total, on, off }: Toggle, status: Status, actions: PostActions): HTMLButtonElement {
  let [pressed, count] = [isOn, total];
  const button = element('button', { type: 'button' });
  const show = (): void => {
    button.setAttribute('aria-pressed', String(pressed));
    button.textContent = `${label} (${count})`;
  };
  const press = async (): Promise<void> => {
    await api<Status>('POST', `/api/v1/statuses/${status.id}/${pressed ? off : on}`);
    pressed = !pressed;
    count = Math.max(0, count + (pressed ? 1 : -1));
    show();
  };
  button.addEventListener('click', () => {
    button.disabled = true;
    press().catch(actions.onError).finally(() => (button.disabled = false));
  });
  show();
  return button;
}

const deletion = (status: Status, actions: PostActions): HTMLButtonElement =>
  element('button', {
    type: 'button',
    class: 'quiet',
    click: () => {
      if (!confirm('Delete this post? Other servers are asked to delete it, too.')) return;
      api('DELETE', `/api/v1/statuses/${status.id}`).then(() => document.querySelectorAll(`[data-shown="${status.id}"]`).forEach((view) => view.remove()), actions.onError);
    },
  }, 'Delete');
