import { html, type Html } from '@trunkline/platform';
import type { AccountJson } from '@trunkline/mastodon-api';
import { partialMark } from '../layout/partial.js';
import { avatar, displayName } from '../layout/account-parts.js';
import type { WebPage } from '../layout/layout.js';

/**
 * Instead of a redirect to another server, whose address somebody else chose: the visitor sees where the way leads.
 */
export function remoteStub(account: AccountJson, target: { readonly href: string; readonly what: 'profile' | 'post' }): WebPage {
  const host = URL.parse(target.href)?.host ?? 'another server';
  return {
    title: `@${account.acct}`,
    noindex: true,
    main: html`<section class="stub">
${avatar(account, 96)}
<h1>${displayName(account)}</h1>
<p class="handle">@${account.acct}</p>
<p>This ${target.what} lives on <strong>${host}</strong>.</p>
${target.what === 'profile' && account.statuses_count > 0 && partialMark(`${account.statuses_count === 1 ? 'One post' : `${account.statuses_count} posts`} of it came here: a part of what stands there.`)}
<p class="actions">${isWeb(target.href) && html`<a class="button primary" href="${target.href}" rel="nofollow noopener noreferrer">Open it on ${host}</a>`}${openHere(target.what === 'profile' ? `@${account.acct}` : target.href)}</p>
</section>`,
  };
}

const isWeb = (href: string): boolean => /^https?:\/\//.test(href);

/** The way into this server's own page of the signed-in. */
const openHere = (query: string): Html => html`<a class="button" href="/home?q=${encodeURIComponent(query)}">Open it here, signed in</a>`;
