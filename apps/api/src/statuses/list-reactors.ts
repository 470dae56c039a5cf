import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { isDomainSuspended, viewerOf, type Entry, type SocialPorts } from '@trunkline/social';

/** The people of a list in its order; left out are those gone, suspended, or at odds with the viewer. */
export async function listReactors(
  { store, policy }: Pick<SocialPorts, 'store' | 'policy'>,
  viewerId: AccountId | null,
  entries: readonly Entry<AccountId>[],
): Promise<Account[]> {
  const ids = [...new Set(entries.map((entry) => entry.id))];
  if (ids.length === 0) return [];
  const [accounts, ties] = await Promise.all([store.accountsByIds(ids), viewerId === null ? null : store.viewerTies(viewerId, ids)]);
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const viewer = viewerId === null || ties === null ? null : viewerOf(viewerId, ties);
  const rules = policy.current();
  return ids.flatMap((id) => {
    const account = byId.get(id);
    if (account === undefined || account.deletedAt !== null || account.suspendedAt !== null || isDomainSuspended(rules, account)) return [];
    return viewer?.tiesTo(id).blockedEitherWay === true ? [] : [account];
  });
}
