import type { RegistrationMode } from '@trunkline/domain';
import { presentStatuses, publicTimeline, rowReader } from '@trunkline/social';
import type { StatusJson } from '@trunkline/mastodon-api';
import { html, type Html } from '@trunkline/platform';
import type { WebPage } from '../layout/layout.js';
import type { PagePorts } from '../layout/page-ports.js';
import { statusList } from '../layout/status-card.js';

const NEWEST = 10;

/** The front door: what this server is, how to come in, and what its people say. */
export async function showLanding(ports: PagePorts): Promise<WebPage> {
  const page = { limit: NEWEST, maxId: null, sinceId: null, minId: null };
  const views = await publicTimeline(ports, rowReader(ports), null, { page, scope: 'local', onlyMedia: false });
  return landingPage(ports.settings, ports.policy.current().registrations, await presentStatuses(ports, null, views));
}

function landingPage({ site, baseUrl, localDomain }: PagePorts['settings'], registrations: RegistrationMode, newest: readonly StatusJson[]): WebPage {
  const description = site.description === '' ? `${localDomain} is part of the fediverse: people here talk with people on thousands of other servers.` : site.description;
  return {
    title: site.title,
    description,
    url: `${baseUrl}/`,
    main: html`<section class="hero">
<h1>${site.title}</h1>
<p>${description}</p>
<p class="actions"><a class="button primary" href="/home">Sign in</a>${registrations !== 'none' && html`<a class="button" href="/auth/sign_up">Create an account</a>`}</p>
${doorSign(registrations)}
</section>
<section aria-labelledby="newest">
<h2 id="newest">New on ${localDomain}</h2>
${statusList(newest, 'Nobody has posted in public yet.')}
</section>`,
  };
}

function doorSign(mode: RegistrationMode): Html {
  if (mode === 'none') return html`<p class="note">New accounts are closed for now. You can follow people here from any other server.</p>`;
  const rules = html`Please read the <a href="/about#rules">rules</a> first.`;
  return mode === 'approved' ? html`<p class="note">New accounts are looked at by a person before they open. ${rules}</p>` : html`<p class="note">${rules}</p>`;
}
