import type { Account, User } from '@trunkline/domain';
import type { Operator } from '../operator.js';
import { Refusal } from '../terminal.js';

/** Somebody of this server by name. @throws Refusal when there is no such person */
export async function findPerson({ store, users }: Pick<Operator, 'store' | 'users'>, name: string): Promise<{ account: Account; user: User }> {
  const username = name.replace(/^@/, '');
  const [account] = await store.accountsByHandles([{ username, domain: null }]);
  const [user] = account === undefined ? [] : await users.byAccountIds([account.id]);
  if (account === undefined || user === undefined) throw new Refusal(`nobody here is called ${username}.`);
  return { account, user };
}
