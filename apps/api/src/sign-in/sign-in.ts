import { createHash } from 'node:crypto';
import { EMAIL_CHARS_MAX, PASSWORD_BYTES_MAX, type Account, type User } from '@trunkline/domain';
import { fail, ok, type AccountId, type Result } from '@trunkline/kernel';

export type SignInFailure =
  | { readonly code: 'wrong' | 'unconfirmed' | 'pending' | 'disabled' }
  | { readonly code: 'throttled'; readonly retryAfterSeconds: number };

export interface SignInPorts {
  readonly users: { authenticate(email: string, password: string): Promise<User | null> };
  readonly store: { accountsByIds(ids: readonly AccountId[]): Promise<Account[]> };
  /** Counts one try; the seconds to wait when there were too many, else null. */
  readonly throttle: { count(ip: string, emailHash: string): Promise<number | null> };
}

export interface SignInAttempt {
  readonly email: string;
  readonly password: string;
  readonly ip: string;
}

/**
 * The person with this address and password, if they may use the server. What stands in their way is said only to
 * those who know the password: to others every address looks alike.
 */
export async function signIn(ports: SignInPorts, attempt: SignInAttempt): Promise<Result<User, SignInFailure>> {
  const retryAfterSeconds = await ports.throttle.count(attempt.ip, emailHash(attempt.email));
  if (retryAfterSeconds !== null) return fail({ code: 'throttled', retryAfterSeconds });
  if (!isPlausible(attempt)) return fail({ code: 'wrong' });
  const user = await ports.users.authenticate(attempt.email, attempt.password);
  if (user === null) return fail({ code: 'wrong' });
  const standing = await standingOf(ports, user);
  return standing === 'good' ? ok(user) : fail({ code: standing });
}

/** Whether somebody who proved who they are may go on. */
export async function standingOf(
  ports: Pick<SignInPorts, 'store'>,
  user: User,
): Promise<'good' | 'unconfirmed' | 'pending' | 'disabled'> {
  if (user.disabled) return 'disabled';
  const [account] = await ports.store.accountsByIds([user.accountId]);
  if (account === undefined || account.suspendedAt !== null || account.deletedAt !== null) return 'disabled';
  if (user.confirmedAt === null) return 'unconfirmed';
  return user.approved ? 'good' : 'pending';
}

/** Hashing reads the whole password: what nobody can have set is not hashed. */
const isPlausible = ({ email, password }: SignInAttempt): boolean =>
  email !== '' && email.length <= EMAIL_CHARS_MAX && password !== '' && Buffer.byteLength(password) <= PASSWORD_BYTES_MAX;

/** Counters are kept outside the database: they hold no address. */
const emailHash = (email: string): string => createHash('sha256').update(email.trim().toLowerCase()).digest('base64url');
