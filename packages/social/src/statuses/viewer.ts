import { hostOf } from '@trunkline/activitypub';
import { NO_TIES, domainVerdict, type Account, type DomainVerdict, type PolicySnapshot, type Viewer } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { ViewerTies } from '../ports/store-rows.js';

/** A viewer over ties that were loaded for everybody who matters to the question. */
export function viewerOf(viewerId: AccountId, ties: ViewerTies): Viewer {
  return { id: viewerId, tiesTo: (accountId) => ties.get(accountId) ?? NO_TIES };
}

/**
 * What the rules say about an account's server: about the name in its handle, and about the host that really answers, whichever says more. The
 * former is anybody's to choose who has a second domain (FEP-2c59), and would take the account out of a rule about the latter.
 */
export function accountVerdict(policy: PolicySnapshot, { domain, uri }: Pick<Account, 'domain' | 'uri'>): DomainVerdict {
  const named = domainVerdict(policy, domain);
  const host = domain === null ? null : hostOf(uri);
  if (host === null || host === domain) return named;
  const real = domainVerdict(policy, host);
  return {
    suspended: named.suspended || real.suspended,
    silenced: named.silenced || real.silenced,
    rejectMedia: named.rejectMedia || real.rejectMedia,
    rejectReports: named.rejectReports || real.rejectReports,
  };
}

/** Whether the account's server is suspended, or outside the allow-list of limited federation mode. */
export const isDomainSuspended = (policy: PolicySnapshot, account: Pick<Account, 'domain' | 'uri'>): boolean => accountVerdict(policy, account).suspended;

/** The account as the rules about its server have it: of a limited server everybody is limited, and who follows from there is let in by hand. */
export const underRules = (policy: PolicySnapshot, account: Account): Account =>
  account.silencedAt === null && isSilenced(policy, account) ? { ...account, silencedAt: new Date(0) } : account;

/** Whether public timelines hide the account: it, or its whole server, is silenced. */
export const isSilenced = (policy: PolicySnapshot, account: Pick<Account, 'domain' | 'uri' | 'silencedAt'>): boolean =>
  account.silencedAt !== null || accountVerdict(policy, account).silenced;
