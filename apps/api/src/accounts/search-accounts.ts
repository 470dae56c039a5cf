import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { isDomainSuspended, resolveHandle, type SocialPorts } from '@trunkline/social';
import { handleOf, knowable, type AccountReading } from './find-account.js';

export type SearchPorts = SocialPorts & Pick<AccountReading, 'users'>;

export interface AccountQuery {
  readonly text: string;
  readonly limit: number;
  readonly offset: number;
  /** Ask other servers about a whole handle. Only for people who are signed in. */
  readonly resolve: boolean;
  /** Only those whom the viewer follows. */
  readonly following: boolean;
}

/**
 * Accounts that a text names or begins. A whole handle comes first when it is found, here or, with `resolve`, on its
 * own server. Those at odds with the viewer are left out.
 */
export async function searchAccounts(ports: SearchPorts, viewerId: AccountId | null, query: AccountQuery): Promise<Account[]> {
  const { text, limit, offset } = query;
  const exact = query.offset === 0 && !query.following ? await accountByHandle(ports, text, query.resolve) : null;
  const followedBy = query.following && viewerId !== null ? { followedBy: viewerId } : {};
  const found = await ports.store.searchAccounts({ text, limit, offset, ...followedBy });
  const all = exact === null ? found : [exact, ...found.filter((account) => account.id !== exact.id)];
  return (await showable(ports, viewerId, all)).slice(0, limit);
}

async function accountByHandle(ports: SocialPorts, text: string, resolve: boolean): Promise<Account | null> {
  const handle = handleOf(ports.settings, text);
  if (handle === null) return null;
  // A bare name means people here; only a handle with a server is worth asking for.
  if (resolve && handle.domain !== null) {
    const resolved = await resolveHandle(ports, handle);
    return resolved.ok ? resolved.value : null;
  }
  const [known] = await ports.store.accountsByHandles([handle]);
  return known ?? null;
}

/** Without those gone, suspended or still signing up, and without blocks in either direction. */
export async function showable(ports: SearchPorts, viewerId: AccountId | null, accounts: readonly Account[]): Promise<Account[]> {
  if (accounts.length === 0) return [];
  const policy = ports.policy.current();
  const open = accounts.filter((account) => account.suspendedAt === null && !isDomainSuspended(policy, account));
  const [known, ties] = await Promise.all([
    knowable(ports, open, viewerId),
    viewerId === null ? null : ports.store.viewerTies(viewerId, open.map((account) => account.id)),
  ]);
  return known.filter((account) => ties?.get(account.id)?.blockedEitherWay !== true);
}
