import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { renderStatus, type AccountExtras, type StatusJson, type StatusView as RenderedView } from '@trunkline/mastodon-api';
import type { StatusView } from '@trunkline/social';
import { loadAccountExtras, type AccountPresenting } from './present-accounts.js';
import { renderContextOf } from './render-context.js';

/** Statuses that were judged visible, as JSON, in the order given. */
export async function presentStatuses(
  ports: AccountPresenting,
  viewerId: AccountId | null,
  views: readonly StatusView[],
): Promise<StatusJson[]> {
  const authors = views.flatMap((view) => (view.boosted === null ? [view.author] : [view.author, view.boosted.author]));
  const extrasOf = await loadAccountExtras(ports, [...new Map(authors.map((author) => [author.id, author])).values()]);
  const ctx = renderContextOf(ports.settings);
  return views.map((view) => renderStatus(renderedView(view, viewerId, extrasOf), ctx));
}

function renderedView(view: StatusView, viewerId: AccountId | null, extrasOf: (account: Account) => AccountExtras): RenderedView {
  const { status, author, boosted, flags } = view;
  return {
    status,
    account: author,
    accountExtras: extrasOf(author),
    boost: boosted === null ? null : renderedView(boosted, viewerId, extrasOf),
    flags,
    mayPin: viewerId === author.id && status.boostOfId === null && status.visibility !== 'direct',
  };
}
