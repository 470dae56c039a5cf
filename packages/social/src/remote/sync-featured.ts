import { parseCollectionPage, sameHost, type CollectionPage } from '@trunkline/activitypub';
import type { Account, Status } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import { REMOTE_PINS_MAX } from '../statuses/pin-status.js';
import { resolveStatus } from './resolve-status.js';

/** Pinned posts that are not known here and are read for one profile. */
const FETCHED_MAX = 10;

/** Whether a remote author may have it on top of the profile: their own, and open to all. */
export const isPinnable = (account: Account, status: Status): boolean =>
  status.accountId === account.id && status.boostOfId === null && status.deletedAt === null && (status.visibility === 'public' || status.visibility === 'unlisted');

/**
 * Reads anew what a remote author has pinned: some servers never tell (GotoSocial sends no Add). Only the collection's
 * ids are believed; every post is the one that its own address serves. While the collection cannot be read, what was
 * known stays.
 */
export async function syncFeatured(ports: SocialPorts, account: Account): Promise<void> {
  const { featuredUrl } = account;
  if (account.domain === null || featuredUrl === null || !sameHost(featuredUrl, account.uri)) return;
  const page = await firstPage(ports, featuredUrl);
  if (page === null) return;
  const uris = page.items.flatMap(({ uri }) => (uri !== null && sameHost(uri, account.uri) ? [uri] : [])).slice(0, REMOTE_PINS_MAX);
  const known = new Map((await ports.store.statusesByUris(uris)).map((status) => [status.uri, status]));
  const statusIds: StatusId[] = [];
  let fetches = 0;
  for (const uri of uris) {
    const status = known.get(uri) ?? (fetches++ < FETCHED_MAX ? await fetched(ports, uri) : null);
    if (status !== null && isPinnable(account, status)) statusIds.push(status.id);
  }
  const before = await ports.store.pinnedIds(account.id, REMOTE_PINS_MAX);
  if (before.length === statusIds.length && before.every((id, index) => id === statusIds[index])) return;
  const ids = statusIds.map(() => ports.ids.next()).reverse();
  await ports.store.transaction((tx) => tx.replacePins(account.id, statusIds.map((statusId, index) => ({ statusId, id: ids[index] ?? statusId }))));
}

async function fetched(ports: SocialPorts, uri: string): Promise<Status | null> {
  const found = await resolveStatus(ports, uri);
  return found.ok ? found.value : null;
}

/** The collection itself where its items stand in it (Mastodon), else its first page, inline (Akkoma) or by its address. */
async function firstPage(ports: SocialPorts, uri: string): Promise<CollectionPage | null> {
  const collection = await pageAt(ports, uri);
  if (collection === null || collection.items.length > 0) return collection;
  const { first } = collection;
  if (first.json !== null) {
    const inline = parseCollectionPage(first.json);
    if (inline.ok && inline.value.items.length > 0) return inline.value;
  }
  return first.uri !== null && sameHost(first.uri, uri) ? ((await pageAt(ports, first.uri)) ?? collection) : collection;
}

async function pageAt(ports: SocialPorts, uri: string): Promise<CollectionPage | null> {
  const document = await ports.remote.fetchObject(uri);
  if (!document.ok) return null;
  const page = parseCollectionPage(document.value.json);
  return page.ok ? page.value : null;
}
