import { followersSyncUri, renderOrderedCollection } from '@trunkline/activitypub';
import { AppError, notFound } from '@trunkline/kernel';
import { FOLLOWERS_SYNC_MAX } from '../describe/followers-at-hosts.js';
import { localAccount, type DocumentSource } from './document.js';

/**
 * The followers of an account who live on the server that asks, and nobody else (FEP-8fcf). A hidden list is no
 * exception: it tells a server about its own people.
 */
export const followersSyncDocument =
  (accountId: string): DocumentSource =>
  async (ports, reader) => {
    const account = await localAccount(ports, accountId);
    const host = await reader.host();
    if (host === null) throw new AppError(401, 'signature_required', 'The request must be signed');
    if (account.followersCount > FOLLOWERS_SYNC_MAX) throw notFound();
    const uris = (await ports.reads.followersAtHosts(account.id, [host], FOLLOWERS_SYNC_MAX)).get(host) ?? [];
    const id = followersSyncUri(ports.settings.baseUrl, account.id);
    return { json: renderOrderedCollection({ id, totalItems: uris.length, items: uris }), pageUrl: account.url, isPrivate: true };
  };
