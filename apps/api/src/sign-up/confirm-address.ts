import { AccountRegisteredV1 } from '@trunkline/contracts';
import type { User } from '@trunkline/domain';
import type { Snowflake, Result } from '@trunkline/kernel';
import type { SocialTransaction } from '@trunkline/social';

const TOKEN_CHARS_MAX = 200;

export interface ConfirmPorts {
  readonly users: { confirm(token: string, within: (tx: SocialTransaction, user: User) => Promise<void>): Promise<User | null> };
}

/** Follows a confirmation link, once. Moderators hear of a sign-up with the same commit. Null: unknown, used or too old. */
export async function confirmAddress(ports: ConfirmPorts, token: string): Promise<User | null> {
  if (token === '' || token.length > TOKEN_CHARS_MAX) return null;
  return ports.users.confirm(token, (tx, user) =>
    tx.appendEvent(AccountRegisteredV1, { accountId: user.accountId, pending: !user.approved }),
  );
}

export interface ResendPorts {
  readonly users: {
    byEmail(email: string): Promise<User | null>;
    renewConfirmation(userId: Snowflake, email: string | null): Promise<Result<string, { code: 'email_taken' | 'confirmed' }>>;
  };
  readonly sendConfirmation: (user: Pick<User, 'email'>, token: string) => Promise<boolean>;
}

/** Sends the link again to whoever waits for it. Says nothing about others: the answer is the same for every address. */
export async function resendConfirmation(ports: ResendPorts, email: string): Promise<void> {
  const user = await ports.users.byEmail(email);
  if (user === null || user.confirmedAt !== null) return;
  const token = await ports.users.renewConfirmation(user.id, null);
  // Not waited for: how long an answer takes would tell whether there is such a person. It never rejects.
  if (token.ok) void ports.sendConfirmation(user, token.value);
}
