import { NO_TIES, domainVerdict, type Account, type PolicySnapshot, type Viewer } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { ViewerTies } from '../ports/store-rows.js';

/** A viewer over ties that were loaded for everybody who matters to the question. */
export function viewerOf(viewerId: AccountId, ties: ViewerTies): Viewer {
  return { id: viewerId, tiesTo: (accountId) => ties.get(accountId) ?? NO_TIES };
}

/** Whether the account's server is suspended, or outside the allow-list of limited federation mode. */
export const isDomainSuspended = (policy: PolicySnapshot, account: Pick<Account, 'domain'>): boolean =>
  domainVerdict(policy, account.domain).suspended;

/** Whether public timelines hide the account: it, or its whole server, is silenced. */
export const isSilenced = (policy: PolicySnapshot, account: Pick<Account, 'domain' | 'silencedAt'>): boolean =>
  account.silencedAt !== null || domainVerdict(policy, account.domain).silenced;
