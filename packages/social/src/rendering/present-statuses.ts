import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { renderStatus, type AccountExtras, type StatusJson, type StatusView as RenderedView } from '@trunkline/mastodon-api';
import type { StatusView } from '../reading/load-statuses.js';
import { loadAccountExtras, type AccountPresenting } from './present-accounts.js';
import { renderContextOf } from './render-context.js';

export interface PresentOptions {
  /** Show the text as typed: only in the answer to a deletion, for redrafting. */
  readonly withText?: boolean;
}

/** Statuses that were judged visible, as JSON, in the order given. One batched load for what surrounds them. */
export async function presentStatuses(
  ports: AccountPresenting,
  viewerId: AccountId | null,
  views: readonly StatusView[],
  options: PresentOptions = {},
): Promise<StatusJson[]> {
  const extrasOf = await loadAccountExtras(ports, authorsOf(views));
  const ctx = renderContextOf(ports.settings);
  return views.map((view) => renderStatus({ ...renderedView(view, viewerId, extrasOf), withText: options.withText === true }, ctx));
}

/** Everybody whose account stands in these statuses, once. */
export function authorsOf(views: readonly StatusView[]): Account[] {
  const authors = views.flatMap((view) => [view, view.boosted, view.quoted, view.boosted?.quoted ?? null].flatMap((one) => one?.author ?? []));
  return [...new Map(authors.map((author) => [author.id, author])).values()];
}

/** A loaded status as its renderer wants it. Pure. */
export function renderedView(view: StatusView, viewerId: AccountId | null, extrasOf: (account: Account) => AccountExtras): RenderedView {
  const { status, author, boosted, quoted, quote, permission, flags, own } = view;
  return {
    status,
    account: author,
    accountExtras: extrasOf(author),
    boost: boosted === null ? null : renderedView(boosted, viewerId, extrasOf),
    quote,
    quoted: quoted === null ? null : renderedView(quoted, viewerId, extrasOf),
    permission,
    flags,
    own,
    mayPin: viewerId === author.id && status.boostOfId === null && status.visibility !== 'direct',
  };
}
