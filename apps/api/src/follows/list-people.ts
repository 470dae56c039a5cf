import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { isDomainSuspended, type Entry, type PageQuery, type SocialPorts } from '@trunkline/social';

type Reading = Pick<SocialPorts, 'store' | 'policy'>;

/** The accounts of a page in its order, without those gone or suspended. Those at odds with the viewer stay: it is their own list. */
export async function peopleOf({ store, policy }: Reading, entries: readonly Entry<AccountId>[]): Promise<Account[]> {
  if (entries.length === 0) return [];
  const rules = policy.current();
  const accounts = await store.accountsByIds(entries.map((entry) => entry.id));
  const byId = new Map(accounts.map((account) => [account.id, account]));
  return entries.flatMap((entry) => {
    const account = byId.get(entry.id);
    const isHidden = account === undefined || account.deletedAt !== null || account.suspendedAt !== null || isDomainSuspended(rules, account);
    return isHidden ? [] : [account];
  });
}

export type FollowSide = 'followers' | 'following';

/**
 * Who follows an account, or whom it follows, as far as this server knows. Nobody, when the account hides it, or blocks
 * the viewer; and without people whom the viewer blocks or mutes, or who block them.
 */
export async function listFollows(
  ports: Reading,
  viewerId: AccountId | null,
  account: Account,
  query: { readonly side: FollowSide; readonly page: PageQuery },
): Promise<{ readonly entries: readonly Entry<AccountId>[]; readonly accounts: readonly Account[] }> {
  const nobody = { entries: [], accounts: [] };
  const isOwn = account.id === viewerId;
  if (account.suspendedAt !== null || isDomainSuspended(ports.policy.current(), account)) return nobody;
  if (account.hideCollections === true && !isOwn) return nobody;
  const { store } = ports;
  const entries = await (query.side === 'followers' ? store.followerIds(account.id, query.page) : store.followingIds(account.id, query.page));
  const accounts = await peopleOf(ports, entries);
  if (viewerId === null || isOwn) return { entries, accounts };
  const ties = await store.viewerTies(viewerId, [account.id, ...accounts.map(({ id }) => id)]);
  const toOwner = ties.get(account.id);
  if (toOwner?.blockedEitherWay === true && !toOwner.blocks) return nobody;
  const isAtOdds = ({ id }: Account): boolean => ties.get(id)?.blockedEitherWay === true || ties.get(id)?.mutes === true;
  return { entries, accounts: accounts.filter((person) => !isAtOdds(person)) };
}
