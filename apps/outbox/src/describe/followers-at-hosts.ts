import { actorUris, followersSyncUri, renderFollowersSync } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { digestOfMany, type SocialSettings } from '@trunkline/social';

/** Accounts with more followers are not compared, as Mastodon does it. */
export const FOLLOWERS_SYNC_MAX = 25_000;

export interface FollowersAtHostsPorts {
  readonly settings: Pick<SocialSettings, 'baseUrl'>;
  accountsByIds(ids: readonly AccountId[]): Promise<readonly Pick<Account, 'id' | 'followersCount'>[]>;
  followersAtHosts(accountId: AccountId, hosts: readonly string[], limit: number): Promise<ReadonlyMap<string, readonly string[]>>;
}

/**
 * The `Collection-Synchronization` header for each of these hosts (FEP-8fcf): a digest of the sender's followers there.
 * Empty for senders with too many followers. A host without any gets the digest of nobody: it may still think otherwise.
 */
export async function followersSyncHeaders(ports: FollowersAtHostsPorts, senderId: AccountId, hosts: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const [sender] = await ports.accountsByIds([senderId]);
  if (sender === undefined || sender.followersCount > FOLLOWERS_SYNC_MAX) return new Map();
  const followers = await ports.followersAtHosts(senderId, hosts, FOLLOWERS_SYNC_MAX);
  const { baseUrl } = ports.settings;
  const collectionUri = actorUris(baseUrl, senderId).followers;
  const partUri = followersSyncUri(baseUrl, senderId);
  const headers = new Map<string, string>();
  for (const host of hosts) headers.set(host, renderFollowersSync({ collectionUri, partUri, digest: await digestOfMany(followers.get(host) ?? []) }));
  return headers;
}
