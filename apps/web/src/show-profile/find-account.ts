import { normaliseHost, type Account } from '@trunkline/domain';
import { AppError } from '@trunkline/kernel';
import { recordNotFound } from '@trunkline/mastodon-api';
import { isDomainSuspended } from '@trunkline/social';
import type { PagePorts } from '../layout/page-ports.js';

/** One way to read each name: with two runs of letters beside each other a long one took a hundred milliseconds. */
const HANDLE = /^([a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(?:@([^@\s/]{1,255}))?$/i;

/** The account that `name` or `name@host` stands for, as far as we know it, whatever its state. @throws AppError 404 */
export async function findAccount({ store, settings }: PagePorts, handle: string): Promise<Account> {
  const match = HANDLE.exec(handle);
  const [, username = '', host] = match ?? [];
  const given = host === undefined ? null : normaliseHost(host);
  if (match === null || (host !== undefined && given === null)) throw recordNotFound();
  const domain = given === settings.localDomain || given === settings.webDomain ? null : given;
  const [account] = await store.accountsByHandles([{ username, domain }]);
  if (account === undefined) throw recordNotFound();
  return account;
}

/** Only who is neither gone nor suspended has pages. @throws AppError 410, 403 or 404 */
export function checkShown({ policy }: PagePorts, account: Account): void {
  if (account.deletedAt !== null) throw new AppError(410, 'account_gone', 'This account is gone');
  if (account.suspendedAt !== null) throw new AppError(403, 'account_suspended', 'This account is suspended');
  if (isDomainSuspended(policy.current(), account)) throw recordNotFound();
}
