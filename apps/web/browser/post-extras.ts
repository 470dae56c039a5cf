import { element } from './element.js';
import type { Account, Poll, Status } from './mastodon.js';
import { safeHtml, textWithEmojis } from './safe-html.js';
import { api } from './session.js';

/** The options with their shares; with a button to vote while one may. */
export function pollView(first: Poll, onError: (error: unknown) => void): HTMLElement {
  const view = element('form', { class: 'poll' });
  const show = (poll: Poll): void => {
    const mayVote = !poll.expired && poll.voted === false;
    const whole = poll.multiple ? (poll.voters_count ?? poll.votes_count) : poll.votes_count;
    const people = poll.voters_count ?? poll.votes_count;
    view.replaceChildren(
      element('ul', {}, ...poll.options.map((option, index) => optionView(poll, { ...option, index, whole, mayVote }))),
      element('p', {}, `${people} ${nounFor(people, poll.voters_count === null)}${poll.expired ? ', closed' : ''}`),
    );
    if (mayVote) view.append(element('button', { type: 'submit' }, 'Vote'));
  };
  view.addEventListener('submit', (event) => {
    event.preventDefault();
    const choices = [...view.querySelectorAll<HTMLInputElement>('input:checked')].map((input) => Number(input.value));
    if (choices.length > 0) api<Poll>('POST', `/api/v1/polls/${first.id}/votes`, { choices }).then(show, onError);
  });
  show(first);
  return view;
}

const nounFor = (count: number, areVotes: boolean): string => (areVotes ? (count === 1 ? 'vote' : 'votes') : count === 1 ? 'person' : 'people');

interface ShownOption {
  readonly title: string;
  readonly votes_count: number | null;
  readonly index: number;
  readonly whole: number;
  readonly mayVote: boolean;
}

function optionView(poll: Poll, { title, votes_count: votes, index, whole, mayVote }: ShownOption): HTMLElement {
  const share = votes === null || whole === 0 ? 0 : Math.min(100, Math.round((votes / whole) * 100));
  const label = element('label', {}, mayVote && element('input', { type: poll.multiple ? 'checkbox' : 'radio', name: `poll-${poll.id}`, value: String(index) }));
  label.append(textWithEmojis(title, poll.emojis));
  return element('li', {}, label, votes !== null && element('span', { class: 'share' }, `${share} %`), element('progress', { max: '100', value: String(share), 'aria-hidden': 'true' }));
}

/** What a post quotes, when it may be shown. */
export function quoteView(quote: NonNullable<Status['quote']>, nameOf: (account: Account) => DocumentFragment): HTMLElement {
  const quoted = quote.quoted_status ?? null;
  if (quoted === null) return element('p', { class: 'quoted away' }, 'A post that cannot be shown is quoted here.');
  const view = element('blockquote', { class: 'quoted' }, element('p', {}, element('a', { class: 'name', href: quoted.url ?? '#' }, nameOf(quoted.account))));
  if (quoted.spoiler_text === '') view.append(safeHtml(quoted.content, quoted.emojis));
  else view.append(textWithEmojis(quoted.spoiler_text, quoted.emojis));
  return view;
}

/** How many reacted with which emoji. */
export const reactionsView = (reactions: NonNullable<Status['reactions']>): HTMLElement =>
  element('ul', { class: 'reactions' }, ...reactions.map(({ name, count, url }) => element('li', {}, url ? element('img', { class: 'emoji', src: url, alt: `:${name}:`, loading: 'lazy' }) : name, ` ${count}`)));
