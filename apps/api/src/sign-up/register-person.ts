import type { PolicySnapshot, User } from '@trunkline/domain';
import { fail, ok, type AccountId, type Clock, nowDate, type Result, type Snowflake } from '@trunkline/kernel';
import { BLANK, faultOf, TAKEN, type FieldFault, type RegisterInput } from '@trunkline/mastodon-api';
import type { NewUser, NewUserFailure } from '@trunkline/persistence';
import { newLocalAccount } from '@trunkline/social';

export interface RegisterPorts {
  readonly users: { create(user: NewUser): Promise<Result<{ user: User; confirmationToken: string | null }, NewUserFailure>> };
  readonly ids: { next(): Snowflake };
  readonly clock: Clock;
  readonly policy: { current(): Pick<PolicySnapshot, 'registrations' | 'approvalReasonRequired'> };
  readonly settings: { readonly baseUrl: string };
  /** Resolves to whether the next server took the mail. */
  readonly sendConfirmation: (user: Pick<User, 'email'>, token: string) => Promise<boolean>;
}

export interface SignUpOrigin {
  /** null: the sign-up page. */
  readonly appId: Snowflake | null;
  readonly ip: string;
}

export type RegisterFailure =
  | { readonly code: 'closed' }
  | { readonly code: 'faulty'; readonly faults: readonly FieldFault[] };

/**
 * Makes account and person, both waiting for the address to be confirmed, and where the server wants it for a
 * moderator as well. Moderators hear of the sign-up when the address is confirmed.
 */
export async function registerPerson(
  ports: RegisterPorts,
  input: RegisterInput,
  origin: SignUpOrigin,
): Promise<Result<{ readonly user: User; readonly mailed: boolean }, RegisterFailure>> {
  const { registrations, approvalReasonRequired } = ports.policy.current();
  if (registrations === 'none') return fail({ code: 'closed' });
  const needsApproval = registrations === 'approved';
  if (needsApproval && approvalReasonRequired && input.reason === null) return faulty('reason', BLANK);

  const id: AccountId = ports.ids.next();
  const { baseUrl } = ports.settings;
  const created = await ports.users.create({
    id: ports.ids.next(),
    account: newLocalAccount({ id, username: input.username, baseUrl, now: nowDate(ports.clock) }),
    email: input.email,
    password: input.password,
    role: 'User',
    locale: input.locale,
    confirmed: false,
    approved: !needsApproval,
    reason: needsApproval ? input.reason : null,
    appId: origin.appId,
    ip: origin.ip,
  });
  if (!created.ok) return faulty(created.error.code === 'username_taken' ? 'username' : 'email', TAKEN);
  const { user, confirmationToken } = created.value;
  // A mail that cannot be sent now leaves the person with a link to ask for again, not with half an account.
  const mailed = confirmationToken !== null && (await ports.sendConfirmation(user, confirmationToken));
  return ok({ user, mailed });
}

const faulty = (field: string, message: string): { readonly ok: false; readonly error: RegisterFailure } =>
  fail({ code: 'faulty', faults: [faultOf(field, message)] });
