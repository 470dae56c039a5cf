import { parseLocalUri } from '@trunkline/activitypub';
import { normaliseHost, type Account } from '@trunkline/domain';
import { isVisible, loadStatuses, isDomainSuspended, type StatusView } from '@trunkline/social';
import type { PagePorts } from '../layout/page-ports.js';

export type Found = { readonly kind: 'account'; readonly account: Account } | { readonly kind: 'status'; readonly view: StatusView } | null;

const URI_CHARS_MAX = 2_048;
const HANDLE = /^(?:acct:)?@?([\w.-]{1,100})@([^@\s/]{1,255})$/;

/**
 * What an address or handle stands for, among what this server knows already: strangers cannot make it fetch anything.
 * Only what strangers may see is found.
 */
export async function findThing(ports: PagePorts, typed: string): Promise<Found> {
  const text = typed.trim();
  if (text === '' || text.length > URI_CHARS_MAX) return null;
  const handle = HANDLE.exec(text);
  if (handle !== null) return accountOrNull(ports, await byHandle(ports, handle[1] ?? '', handle[2] ?? ''));
  if (!/^https?:\/\//.test(text)) return null;
  const status = await visibleStatus(ports, text);
  if (status !== null) return { kind: 'status', view: status };
  return accountOrNull(ports, (await ports.store.accountsByUris([text]))[0]);
}

async function byHandle({ store, settings }: PagePorts, username: string, host: string): Promise<Account | undefined> {
  const normal = normaliseHost(host);
  if (normal === null) return undefined;
  const domain = normal === settings.localDomain || normal === settings.webDomain ? null : normal;
  return (await store.accountsByHandles([{ username, domain }]))[0];
}

async function visibleStatus(ports: PagePorts, uri: string): Promise<StatusView | null> {
  const local = parseLocalUri(ports.settings.baseUrl, uri);
  const id = local?.kind === 'status' ? local.statusId : (await ports.store.statusesByUris([uri]))[0]?.id;
  if (id === undefined) return null;
  const { views } = await loadStatuses(ports, null, [id]);
  const view = views.get(id);
  return view !== undefined && isVisible(ports, view, null) ? view : null;
}

function accountOrNull({ policy }: PagePorts, account: Account | undefined): Found {
  const isShown = account !== undefined && account.deletedAt === null && account.suspendedAt === null && !isDomainSuspended(policy.current(), account);
  return isShown ? { kind: 'account', account } : null;
}
