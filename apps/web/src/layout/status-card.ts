import type { MediaAttachmentJson, StatusJson } from '@trunkline/mastodon-api';
import { html, type Html, type HtmlValue } from '@trunkline/platform';
import { avatar, displayName, moment, profilePath } from './account-parts.js';
import { htmlWithEmojis, textWithEmojis } from './emojis.js';
import { poll, quote, reactions } from './status-extras.js';

/** Where we show a status: its page here, or a stub of it. */
export const statusPath = (status: StatusJson): string => `${profilePath(status.account)}/${status.id}`;

/** A status in a list; a boost shows what was boosted, and by whom. */
export function statusCard(status: StatusJson, options: { readonly focused?: boolean } = {}): Html {
  const shown = status.reblog ?? status;
  const { account } = shown;
  return html`<article class="status${options.focused === true && ' focused'}" id="status-${shown.id}">
${status.reblog !== null && html`<p class="boosted">↻ ${displayName(status.account)} boosted</p>`}
<header>
${avatar(account, 48)}
<div class="who"><a class="name" href="${profilePath(account)}">${displayName(account)}</a><span class="handle">@${account.acct}</span></div>
<a class="when" href="${statusPath(shown)}">${moment(shown.created_at)}</a>
</header>
${body(shown)}${reactions(shown)}
<footer>${counter(shown.replies_count, 'reply', 'replies')}${counter(shown.reblogs_count, 'boost', 'boosts')}${counter(shown.favourites_count, 'favourite', 'favourites')}${shown.edited_at !== null && html`<span>edited</span>`}${shown.visibility === 'unlisted' && html`<span>unlisted</span>`}</footer>
</article>`;
}

const counter = (value: number, one: string, many: string): Html => html`<span>${value} ${value === 1 ? one : many}</span>`;

function body(status: StatusJson): Html {
  const content = html`<div class="content"${status.language !== null && html` lang="${status.language}"`}>${htmlWithEmojis(status.content, status.emojis)}</div>
${poll(status.poll)}${media(status)}${quote(status)}`;
  if (status.spoiler_text === '') return content;
  return html`<details class="warning"><summary>${textWithEmojis(status.spoiler_text, status.emojis)}</summary>${content}</details>`;
}

function media(status: StatusJson): HtmlValue {
  const items = status.media_attachments.flatMap((item) => mediaItem(item) ?? []);
  if (items.length === 0) return null;
  const gallery = html`<div class="media">${items}</div>`;
  return status.sensitive && status.spoiler_text === '' ? html`<details class="warning"><summary>Sensitive media</summary>${gallery}</details>` : gallery;
}

function mediaItem({ type, url, preview_url: preview, description }: MediaAttachmentJson): Html | null {
  const source = preview ?? url;
  if (url === null || source === null) return null;
  if (type === 'image') return html`<a href="${url}" rel="nofollow noopener"><img src="${source}" alt="${description ?? ''}" loading="lazy"></a>`;
  if (type === 'video' || type === 'gifv') return html`<video src="${url}" controls preload="none" aria-label="${description ?? 'Video'}"></video>`;
  if (type === 'audio') return html`<audio src="${url}" controls preload="none" aria-label="${description ?? 'Audio'}"></audio>`;
  return html`<a href="${url}" rel="nofollow noopener">${description ?? 'Attachment'}</a>`;
}

/** Statuses below each other, or a sentence when there are none. */
export const statusList = (statuses: readonly StatusJson[], whenEmpty: string): Html =>
  statuses.length === 0 ? html`<p class="empty">${whenEmpty}</p>` : html`<div class="statuses">${statuses.map((status) => statusCard(status))}</div>`;

/** The way to older ones, when the page is full. */
export const olderLink = (statuses: readonly StatusJson[], path: string, pageSize: number): HtmlValue => {
  const last = statuses.at(-1);
  return last !== undefined && statuses.length >= pageSize && html`<nav class="pages" aria-label="Pages"><a class="button" rel="next" href="${path}?max_id=${last.id}">Older posts</a></nav>`;
};
