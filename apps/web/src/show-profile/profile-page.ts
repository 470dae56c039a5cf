import { htmlToText } from '@trunkline/activitypub';
import { pageOf, type Account } from '@trunkline/domain';
import type { AccountJson, StatusJson } from '@trunkline/mastodon-api';
import { html, type Html } from '@trunkline/platform';
import { accountTimeline, presentAccounts, presentStatuses, rowReader } from '@trunkline/social';
import { avatar, count, day, displayName, fullHandle, nameOf, profilePath } from '../layout/account-parts.js';
import { htmlWithEmojis, textWithEmojis } from '../layout/emojis.js';
import type { WebPage } from '../layout/layout.js';
import type { PagePorts } from '../layout/page-ports.js';
import { olderLink, statusList } from '../layout/status-card.js';

const PER_PAGE = 20;

/** A local account's page: who they are, and what they wrote in public. */
export async function showProfile(ports: PagePorts, account: Account, maxId: unknown): Promise<WebPage> {
  const page = pageOf({ maxId, limit: PER_PAGE }, PER_PAGE);
  const query = { accountId: account.id, page, excludeReplies: true, excludeBoosts: false, onlyMedia: false };
  const views = await accountTimeline(ports, rowReader(ports), null, query);
  const [[shown], statuses] = await Promise.all([presentAccounts(ports, [account]), presentStatuses(ports, null, views)]);
  if (shown === undefined) throw new Error('one account in, none out');
  return profilePage(ports.settings, shown, statuses);
}

function profilePage({ localDomain, baseUrl }: PagePorts['settings'], account: AccountJson, statuses: readonly StatusJson[]): WebPage {
  const handle = fullHandle(account, localDomain);
  const path = profilePath(account);
  return {
    title: `${nameOf(account)} (${handle})`,
    description: htmlToText(account.note).trim() || `${account.statuses_count} posts, ${account.followers_count} followers`,
    url: baseUrl + path,
    kind: 'profile',
    imageUrl: account.avatar_static,
    noindex: account.noindex !== false,
    alternates: [
      { type: 'application/activity+json', href: account.uri },
      { type: 'application/rss+xml', href: `${baseUrl}${path}.rss`, title: `Posts of ${handle}` },
    ],
    main: html`${header(account, handle)}
<section aria-labelledby="posts"><h2 id="posts">Posts</h2>
${statusList(statuses, 'No public posts yet.')}
${olderLink(statuses, path, PER_PAGE)}
</section>`,
  };
}

function header(account: AccountJson, handle: string): Html {
  return html`<section class="profile" aria-labelledby="name">
<img class="banner" src="${account.header_static}" alt="" width="1200" height="400">
<div class="profile-body">
${avatar(account, 96)}
<h1 id="name">${displayName(account)}</h1>
<p class="handle">${handle}${account.bot && html` <span class="badge">bot</span>`}${account.locked && html` <span class="badge" title="Approves followers">locked</span>`}${account.roles.map((role) => html` <span class="badge">${role.name}</span>`)}</p>
<div class="content bio">${htmlWithEmojis(account.note, account.emojis)}</div>
${account.fields.length > 0 && fields(account)}
<p class="counts">${count(account.statuses_count, 'post', 'posts')}${count(account.following_count, 'following', 'following')}${count(account.followers_count, 'follower', 'followers')}</p>
<p class="quiet">Here since ${day(account.created_at)}</p>
<p class="actions"><a class="button primary" href="/authorize_interaction?uri=${encodeURIComponent(handle)}">Follow</a><a class="button" href="${profilePath(account)}.rss">RSS</a></p>
</div>
</section>`;
}

const fields = (account: AccountJson): Html =>
  html`<dl class="fields">${account.fields.map(
    (field) => html`<div${field.verified_at !== null && html` class="verified"`}><dt>${textWithEmojis(field.name, account.emojis)}</dt><dd>${htmlWithEmojis(field.value, account.emojis)}</dd></div>`,
  )}</dl>`;
