import { html, type Html } from '@trunkline/platform';
import { presentAccounts, presentStatuses } from '@trunkline/social';
import { avatar, displayName } from '../layout/account-parts.js';
import type { WebPage } from '../layout/layout.js';
import type { PagePorts } from '../layout/page-ports.js';
import { statusCard } from '../layout/status-card.js';
import { findThing } from './find-thing.js';

/** Where other servers send people who want to follow or answer from their account here. */
export async function showHandOver(ports: PagePorts, typed: string): Promise<WebPage> {
  return {
    title: 'Go on with your account',
    noindex: true,
    main: html`<h1>Go on with your account</h1>
${await foundPart(ports, typed)}
<p>If your account is on <strong>${ports.settings.localDomain}</strong>, open it here or search for it in your app.</p>
<p class="actions"><a class="button primary" href="/home?q=${encodeURIComponent(typed)}">Open it here</a></p>
<p class="note">Is your account on another server? Copy this into its search: <code class="copy">${typed}</code></p>`,
  };
}

async function foundPart(ports: PagePorts, typed: string): Promise<Html> {
  const found = await findThing(ports, typed);
  if (found?.kind === 'status') {
    const [status] = await presentStatuses(ports, null, [found.view]);
    if (status !== undefined) return statusCard(status);
  }
  if (found?.kind === 'account') {
    const [account] = await presentAccounts(ports, [found.account]);
    if (account !== undefined) {
      return html`<section class="stub">${avatar(account, 96)}<p class="name">${displayName(account)}</p><p class="handle">@${account.acct}</p></section>`;
    }
  }
  return html`<p>This server does not know <code>${typed}</code> yet; it will look for it once you are signed in.</p>`;
}
