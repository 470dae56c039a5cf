import { AccountRegisteredV1 } from '@trunkline/contracts';
import { checkEmail, checkPassword, checkUsername, PASSWORD_CHARS_MIN, type NameFault, type RegistrationMode, type Role, type User } from '@trunkline/domain';
import { nowDate, type Clock, type Result, type Snowflake } from '@trunkline/kernel';
import type { NewUser, NewUserFailure } from '@trunkline/persistence';
import { newLocalAccount, type SocialTransaction } from '@trunkline/social';
import { Refusal } from '../terminal.js';

export interface CreatePorts {
  readonly ids: { next(): Snowflake };
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly locale: string;
  readonly registrations: RegistrationMode;
  readonly newPassword: () => string;
  readonly users: {
    create(user: NewUser, within: (tx: SocialTransaction) => Promise<void>): Promise<Result<{ user: User; confirmationToken: string | null }, NewUserFailure>>;
  };
}

export interface AccountWish {
  readonly username: string;
  readonly email: string;
  /** null: make one. */
  readonly password: string | null;
  readonly role: Role;
  readonly confirmed: boolean;
  readonly approve: boolean;
}

export interface CreatedAccount {
  readonly user: User;
  /** null: the operator said it. */
  readonly madePassword: string | null;
  /** null: the address counts as confirmed. */
  readonly confirmationToken: string | null;
}

/**
 * Makes an account as a sign-up would. Staff is let in at once: the first owner of a server has nobody to approve
 * them. Moderators hear of one that waits for them, unless the address is to be confirmed first.
 * @throws Refusal that says what is wrong with the wish
 */
export async function createAccount(ports: CreatePorts, wish: AccountWish): Promise<CreatedAccount> {
  const username = wish.username.replace(/^@/, '');
  const email = wish.email.trim();
  refuse(checkUsername(username), `the name ${username}`);
  refuse(checkEmail(email), `the address ${email}`);
  if (wish.password !== null) refuse(checkPassword(wish.password), 'the password');
  const password = wish.password ?? ports.newPassword();
  const approved = wish.approve || wish.role !== 'User' || ports.registrations === 'open';
  const id = ports.ids.next();
  const created = await ports.users.create(
    {
      id: ports.ids.next(),
      account: newLocalAccount({ id, username, baseUrl: ports.baseUrl, now: nowDate(ports.clock) }),
      email,
      password,
      role: wish.role,
      locale: ports.locale,
      confirmed: wish.confirmed,
      approved,
      reason: null,
      appId: null,
      ip: null,
    },
    async (tx) => {
      if (wish.confirmed && !approved) await tx.appendEvent(AccountRegisteredV1, { accountId: id, pending: true });
    },
  );
  if (!created.ok) throw new Refusal(created.error.code === 'username_taken' ? `the name ${username} is taken.` : `the address ${email} belongs to somebody already.`);
  return { ...created.value, madePassword: wish.password === null ? password : null };
}

const FAULTS: Readonly<Record<NameFault['code'], string>> = {
  blank: 'is missing',
  invalid: 'is not valid (names are letters, digits and _; addresses look like name@example.com)',
  too_long: 'is too long',
  too_short: `is too short (at least ${PASSWORD_CHARS_MIN} characters)`,
  reserved: 'is reserved for the server itself',
};

/** Also for a new password of somebody who is here already. */
export function refuse(checked: Result<string, NameFault>, what: string): void {
  if (!checked.ok) throw new Refusal(`${what} ${FAULTS[checked.error.code]}.`);
}
