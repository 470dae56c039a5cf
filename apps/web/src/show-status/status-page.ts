import { htmlToText } from '@trunkline/activitypub';
import { isSnowflake, type StatusId } from '@trunkline/kernel';
import { recordNotFound, type StatusJson } from '@trunkline/mastodon-api';
import { html } from '@trunkline/platform';
import { presentStatuses, viewStatus, viewStatuses, type StatusView } from '@trunkline/social';
import { fullHandle, nameOf, profilePath } from '../layout/account-parts.js';
import type { WebPage } from '../layout/layout.js';
import type { PagePorts } from '../layout/page-ports.js';
import { partialMark } from '../layout/partial.js';
import { statusCard, statusPath } from '../layout/status-card.js';

const ANCESTORS_MAX = 20;
const DESCENDANTS_MAX = 40;

/** A status that strangers may see. What a boost shows stands on its own page. @throws AppError 404 */
export async function findStatus(ports: PagePorts, id: string): Promise<StatusView> {
  const view = isSnowflake(id) ? await viewStatus(ports, null, id as StatusId) : null;
  if (view === null) throw recordNotFound();
  return view.boosted ?? view;
}

/** A post and the talk around it. */
export async function showStatus(ports: PagePorts, view: StatusView): Promise<WebPage> {
  const { id } = view.status;
  const [above, below] = await Promise.all([ports.store.ancestorIds(id, ANCESTORS_MAX), ports.store.descendantIds(id, DESCENDANTS_MAX)]);
  const around = await viewStatuses(ports, null, [...above, ...below]);
  const [shown, ...others] = await presentStatuses(ports, null, [view, ...around]);
  if (shown === undefined) throw recordNotFound();
  const isAbove = new Set<string>(above);
  return statusPage(ports.settings, shown, { above: others.filter((one) => isAbove.has(one.id)), below: others.filter((one) => !isAbove.has(one.id)) });
}

function statusPage(
  { localDomain, baseUrl }: PagePorts['settings'],
  status: StatusJson,
  around: { readonly above: readonly StatusJson[]; readonly below: readonly StatusJson[] },
): WebPage {
  const { account } = status;
  const isMixed = [...around.above, ...around.below].some((one) => one.account.acct.includes('@'));
  const picture = status.sensitive ? undefined : status.media_attachments.find(({ type }) => type === 'image');
  return {
    title: `${nameOf(account)} (${fullHandle(account, localDomain)})`,
    // Behind a warning nothing but the warning is shown, in previews too.
    description: status.spoiler_text === '' ? htmlToText(status.content).trim() : `Content warning: ${status.spoiler_text}`,
    url: baseUrl + statusPath(status),
    kind: 'article',
    imageUrl: picture?.preview_url ?? account.avatar_static,
    noindex: account.noindex !== false || status.visibility !== 'public',
    alternates: [{ type: 'application/activity+json', href: status.uri }],
    main: html`<h1 class="visually-hidden">Post by ${nameOf(account)}</h1>
<div class="statuses thread">
${around.above.map((one) => statusCard(one))}
${statusCard(status, { focused: true })}
${around.below.map((one) => statusCard(one))}
</div>
${isMixed && partialMark('Other servers take part in this thread: some of it may be missing here.')}
<p class="actions"><a class="button primary" href="/authorize_interaction?uri=${encodeURIComponent(status.uri)}">Reply, boost or favourite</a><a class="button" href="${profilePath(account)}">More from ${nameOf(account)}</a></p>`,
  };
}
