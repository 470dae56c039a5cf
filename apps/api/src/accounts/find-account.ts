import { parseHandle } from '@trunkline/activitypub';
import type { Account, User } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { recordNotFound } from '@trunkline/mastodon-api';
import { remoteDomain, type Handle, type SocialReads, type SocialSettings } from '@trunkline/social';
import { recordId } from '../rendering/record-id.js';

export interface AccountReading {
  readonly store: Pick<SocialReads, 'accountsByIds' | 'accountsByHandles'>;
  readonly users: { byAccountIds(ids: readonly AccountId[]): Promise<Pick<User, 'accountId' | 'confirmedAt' | 'approved'>[]> };
}

/**
 * Those of the accounts that others may know of: not the gone ones, and local ones only once their sign-up is through,
 * or to themselves.
 */
export async function knowable(
  { users }: Pick<AccountReading, 'users'>,
  accounts: readonly Account[],
  viewerId: AccountId | null,
): Promise<Account[]> {
  const localIds = accounts.filter((account) => account.domain === null).map((account) => account.id);
  const people = localIds.length === 0 ? [] : await users.byAccountIds(localIds);
  const waiting = new Set(people.filter((user) => user.confirmedAt === null || !user.approved).map((user) => user.accountId));
  return accounts.filter((account) => account.deletedAt === null && (account.id === viewerId || !waiting.has(account.id)));
}

/** The account with the id in the path. @throws AppError 404 */
export async function findAccount(ports: AccountReading, idInPath: string, viewerId: AccountId | null): Promise<Account> {
  const [account] = await knowable(ports, await ports.store.accountsByIds([recordId(idInPath)]), viewerId);
  if (account === undefined) throw recordNotFound();
  return account;
}

/** `name` or `name@host`, with or without an @ in front, as the store keys it; null for anything else. */
export function handleOf(settings: SocialSettings, text: string): Handle | null {
  const bare = text.trim().replace(/^@/, '');
  if (!bare.includes('@')) return /^[\w.-]{1,255}$/.test(bare) ? { username: bare, domain: null } : null;
  const handle = parseHandle(bare);
  return handle === null ? null : { username: handle.username, domain: remoteDomain(settings, handle.host) };
}

/** The account of a handle that is known here: nothing is asked of other servers. @throws AppError 404 */
export async function lookUpAccount(
  ports: AccountReading & { readonly settings: SocialSettings },
  acct: string,
  viewerId: AccountId | null,
): Promise<Account> {
  const handle = handleOf(ports.settings, acct);
  const found = handle === null ? [] : await ports.store.accountsByHandles([handle]);
  const [account] = await knowable(ports, found, viewerId);
  if (account === undefined) throw recordNotFound();
  return account;
}
