import type { Account, User } from '@trunkline/domain';
import type { Operator } from '../operator.js';
import { Refusal } from '../terminal.js';

/** Somebody of this server by name or by whole handle. @throws Refusal when there is no such person */
export async function findPerson({ store, users, settings }: Pick<Operator, 'store' | 'users' | 'settings'>, name: string): Promise<{ account: Account; user: User }> {
  const text = name.replace(/^@/, '');
  const username = text.toLowerCase().endsWith(`@${settings.localDomain}`) ? text.slice(0, -settings.localDomain.length - 1) : text;
  const [account] = await store.accountsByHandles([{ username, domain: null }]);
  const [user] = account === undefined ? [] : await users.byAccountIds([account.id]);
  if (account === undefined || user === undefined) throw new Refusal(`nobody here is called ${username}.`);
  return { account, user };
}
