import type { PollJson, QuoteJson, StatusJson } from '@trunkline/mastodon-api';
import { html, type Html, type HtmlValue } from '@trunkline/platform';
import { displayName, moment, profilePath } from './account-parts.js';
import { htmlWithEmojis, textWithEmojis } from './emojis.js';

/** The options with their shares, where they are told. Voting is for people who are signed in. */
export function poll(asked: PollJson | null): HtmlValue {
  if (asked === null) return null;
  const all = asked.options.reduce((sum, { votes_count: votes }) => sum + (votes ?? 0), 0);
  const whole = asked.multiple ? (asked.voters_count ?? all) : all;
  return html`<div class="poll"><ul>${asked.options.map(({ title, votes_count: votes }) => option(asked, title, votes, whole))}</ul><p>${peopleOf(asked, all)}${ending(asked)}</p></div>`;
}

function option(asked: PollJson, title: string, votes: number | null, whole: number): Html {
  const share = votes === null || whole === 0 ? 0 : Math.min(100, Math.round((votes / whole) * 100));
  return html`<li><span>${textWithEmojis(title, asked.emojis)}</span>${votes !== null && html`<span class="share">${share} %</span>`}<progress max="100" value="${share}" aria-hidden="true"></progress></li>`;
}

function peopleOf({ voters_count: people }: PollJson, votes: number): string {
  if (people !== null) return `${people} ${people === 1 ? 'person' : 'people'}`;
  return `${votes} ${votes === 1 ? 'vote' : 'votes'}`;
}

function ending({ expired, expires_at: ends }: PollJson): HtmlValue {
  if (expired) return ', closed';
  return ends !== null && html`, until ${moment(ends)}`;
}

/** What a post quotes, when its reader may see it; in place of one that may not be shown, nothing is said of it. */
export function quote(status: Pick<StatusJson, 'quote'>): HtmlValue {
  const quoted = status.quote !== null && isWhole(status.quote) ? status.quote.quoted_status : null;
  if (quoted === null) return status.quote !== null && html`<p class="quoted away">A post that cannot be shown is quoted here.</p>`;
  return html`<blockquote class="quoted"><p><a class="name" href="${profilePath(quoted.account)}">${displayName(quoted.account)}</a> <a class="when" href="${profilePath(quoted.account)}/${quoted.id}">${moment(quoted.created_at)}</a></p>
${quoted.spoiler_text === '' ? htmlWithEmojis(quoted.content, quoted.emojis) : html`<p>${textWithEmojis(quoted.spoiler_text, quoted.emojis)}</p>`}</blockquote>`;
}

const isWhole = (shown: NonNullable<StatusJson['quote']>): shown is QuoteJson => 'quoted_status' in shown;

const isWebAddress = (url: string | null | undefined): url is string => /^https?:\/\//i.test(url ?? '');

/** How many reacted with which emoji. */
export function reactions({ reactions: given = [] }: Pick<StatusJson, 'reactions'>): HtmlValue {
  if (given.length === 0) return null;
  return html`<ul class="reactions">${given.map(({ name, count, url }) => html`<li>${!isWebAddress(url) ? name : html`<img class="emoji" src="${url}" alt=":${name}:" loading="lazy">`} ${count}</li>`)}</ul>`;
}
