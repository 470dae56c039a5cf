import { parseLocalUri } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { isSnowflake, type AccountId, type StatusId } from '@trunkline/kernel';
import { resolveAccount, resolveStatus, settleQuote, viewStatus, type StatusView } from '@trunkline/social';
import { handleOf } from '../accounts/find-account.js';
import { showable, type SearchPorts } from '../accounts/search-accounts.js';

export interface FoundByAddress {
  readonly account: Account | null;
  readonly status: StatusView | null;
}

const NOTHING: FoundByAddress = { account: null, status: null };

/** Whether a text is an address rather than words. */
export const isAddress = (text: string): boolean => /^https?:\/\/[^\s]+$/i.test(text);

/**
 * What stands at an address that somebody pasted: a page of ours, something known here by its id, or with `resolve`
 * something read from its own server. Only what the viewer may see.
 */
export async function searchByAddress(
  ports: SearchPorts,
  viewerId: AccountId | null,
  query: { readonly address: string; readonly resolve: boolean },
): Promise<FoundByAddress> {
  const url = URL.parse(query.address);
  if (url === null) return NOTHING;
  const page = url.origin === new URL(ports.settings.baseUrl).origin ? ownPage(url) : null;
  if (page !== null) return byPage(ports, viewerId, page);
  const known = await byId(ports, viewerId, query.address);
  const isOurs = parseLocalUri(ports.settings.baseUrl, query.address) !== null || url.origin === new URL(ports.settings.baseUrl).origin;
  if (known !== null || !query.resolve || isOurs) return known ?? NOTHING;
  return fromElsewhere(ports, viewerId, query.address);
}

interface OwnPage {
  readonly handle: string;
  readonly statusId: StatusId | null;
}

/** `/@name`, `/@name@host` and `/@name/<id>`: addresses that our own pages have. */
export function ownPage(url: URL): OwnPage | null {
  const match = /^\/@([^/]{1,400})(?:\/(\d{1,20}))?\/?$/.exec(url.pathname);
  if (match === null) return null;
  const [, handle = '', id] = match;
  if (id !== undefined && !isSnowflake(id)) return null;
  return { handle: decoded(handle), statusId: id ?? null };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function byPage(ports: SearchPorts, viewerId: AccountId | null, { handle, statusId }: OwnPage): Promise<FoundByAddress> {
  if (statusId !== null) return { account: null, status: await viewStatus(ports, viewerId, statusId) };
  const named = handleOf(ports.settings, handle);
  return accountFound(ports, viewerId, named === null ? [] : await ports.store.accountsByHandles([named]));
}

async function accountFound(ports: SearchPorts, viewerId: AccountId | null, accounts: readonly Account[]): Promise<FoundByAddress> {
  const [account] = await showable(ports, viewerId, accounts);
  return { account: account ?? null, status: null };
}

/** null: nothing here has this id. */
async function byId(ports: SearchPorts, viewerId: AccountId | null, uri: string): Promise<FoundByAddress | null> {
  const [statuses, accounts] = await Promise.all([ports.store.statusesByUris([uri]), ports.store.accountsByUris([uri])]);
  if (statuses[0] !== undefined) return { account: null, status: await viewStatus(ports, viewerId, statuses[0].id) };
  return accounts.length === 0 ? null : accountFound(ports, viewerId, accounts);
}

/** What it is shows only when it is read: an actor is tried first, since a profile is what people mostly paste. */
async function fromElsewhere(ports: SearchPorts, viewerId: AccountId | null, address: string): Promise<FoundByAddress> {
  const account = await resolveAccount(ports, address, { address: true });
  if (account.ok) return accountFound(ports, viewerId, [account.value]);
  if (account.error.code !== 'invalid') return NOTHING;
  const status = await resolveStatus(ports, address, { address: true });
  if (!status.ok) return NOTHING;
  // Whoever looks for a quote wants to see what it is about; without it the post stands as it is.
  if (status.value.quote !== null) await settleQuote(ports, status.value.id);
  return { account: null, status: await viewStatus(ports, viewerId, status.value.id) };
}
