import { htmlToText } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import type { MediaAttachmentJson, StatusJson } from '@trunkline/mastodon-api';
import { html } from '@trunkline/platform';
import { accountTimeline, presentStatuses, rowReader } from '@trunkline/social';
import { fullHandle, nameOf } from '../layout/account-parts.js';
import type { PagePorts } from '../layout/page-ports.js';

const ITEMS = 20;
const TITLE_CHARS_MAX = 80;

/** What somebody wrote in public, themselves, as RSS 2.0. @see https://www.rssboard.org/rss-specification */
export async function profileFeed(ports: PagePorts, account: Account): Promise<string> {
  const page = { limit: ITEMS, maxId: null, sinceId: null, minId: null };
  const views = await accountTimeline(ports, rowReader(ports), null, { accountId: account.id, page, excludeReplies: true, excludeBoosts: true, onlyMedia: false });
  const isPublic = views.filter(({ status }) => status.visibility === 'public');
  const statuses = await presentStatuses(ports, null, isPublic);
  const name = nameOf({ username: account.username, display_name: account.displayName });
  return html`<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
<title>${clean(name)}</title>
<description>Public posts of ${fullHandle({ acct: account.username }, ports.settings.localDomain)}</description>
<link>${account.url}</link>
<atom:link rel="self" type="application/rss+xml" href="${account.url}.rss"/>
<generator>Trunkline</generator>
${statuses.map(item)}
</channel>
</rss>
`.text;
}

/** Readers show the description as HTML: it is HTML, escaped once more as text of the XML. */
const item = (status: StatusJson) => html`<item>
<guid isPermaLink="true">${status.url ?? status.uri}</guid>
<link>${status.url ?? status.uri}</link>
<pubDate>${new Date(status.created_at).toUTCString()}</pubDate>
<title>${clean(titleOf(status))}</title>
<description>${clean(descriptionOf(status))}</description>
${status.media_attachments.map(enclosure)}${status.tags.map((tag) => html`<category>${tag.name}</category>
`)}</item>
`;

const enclosure = ({ url, type, description }: MediaAttachmentJson) =>
  url !== null && html`<media:content url="${url}" medium="${type === 'gifv' ? 'video' : type}">${description !== null && html`<media:description type="plain">${clean(description)}</media:description>`}</media:content>
`;

const titleOf = (status: StatusJson): string => {
  const text = (status.spoiler_text === '' ? htmlToText(status.content) : status.spoiler_text).replace(/\s+/g, ' ').trim();
  return [...text].length <= TITLE_CHARS_MAX ? text : `${[...text].slice(0, TITLE_CHARS_MAX - 1).join('')}…`;
};

const descriptionOf = (status: StatusJson): string =>
  status.spoiler_text === '' ? status.content : html`<p><strong>${status.spoiler_text}</strong></p><hr>`.text + status.content;

/** Control characters that XML 1.0 cannot hold at all. */
// oxlint-disable-next-line no-control-regex
const clean = (text: string): string => text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '');
