import type { DomainRule } from '@trunkline/domain';
import { renderDomainBlock } from '@trunkline/mastodon-api';
import { html, type Html } from '@trunkline/platform';
import type { WebPage } from '../layout/layout.js';
import type { PagePorts } from '../layout/page-ports.js';

/** Rules shown at most; lists of others run into the tens of thousands. */
const SERVERS_MAX = 1_000;

/** Who runs this, by which rules, and whom it does not talk to. */
export function showAbout({ settings, policy }: Pick<PagePorts, 'settings' | 'policy'>): WebPage {
  const { site, baseUrl, localDomain } = settings;
  const { serverRules, domainRules, limitedFederation } = policy.current();
  const moderated = domainRules.filter((rule) => rule.severity !== 'noop');
  return {
    title: 'About',
    description: site.description,
    url: `${baseUrl}/about`,
    main: html`<h1>About ${site.title}</h1>
${site.description !== '' && html`<p class="lead">${site.description}</p>`}
<p>Handles here end in <strong>@${localDomain}</strong>.</p>
<section aria-labelledby="rules"><h2 id="rules">Rules</h2>
${serverRules.length === 0 ? html`<p class="empty">No rules have been written down yet.</p>` : html`<ol class="rules">${serverRules.map((rule) => html`<li>${rule.text}${rule.hint !== '' && html`<span class="hint">${rule.hint}</span>`}</li>`)}</ol>`}
</section>
<section aria-labelledby="contact"><h2 id="contact">Contact</h2>
${site.contactEmail === null ? html`<p class="empty">No address has been given.</p>` : html`<p><a href="mailto:${site.contactEmail}">${site.contactEmail}</a></p>`}
</section>
<section aria-labelledby="servers"><h2 id="servers">Moderated servers</h2>
${limitedFederation && html`<p>This server talks only to servers that it knows and has allowed.</p>`}
${moderated.length === 0 ? html`<p class="empty">There are no rules about other servers.</p>` : serverTable(moderated)}
</section>`,
  };
}

const SEVERITIES: Readonly<Record<string, string>> = {
  silence: 'Limited: seen only by those who follow somebody there',
  suspend: 'Suspended: nothing comes in or goes out',
};

function serverTable(rules: readonly DomainRule[]): Html {
  const rows = rules.slice(0, SERVERS_MAX).map(renderDomainBlock);
  return html`<div class="table"><table><thead><tr><th scope="col">Server</th><th scope="col">What holds</th><th scope="col">Reason</th></tr></thead><tbody>
${rows.map((row) => html`<tr><td>${String(row['domain'])}</td><td>${SEVERITIES[String(row['severity'])]}</td><td>${typeof row['comment'] === 'string' && row['comment']}</td></tr>`)}
</tbody></table></div>`;
}
