import type { Account, User } from '@trunkline/domain';
import { nowDate, type AccountId, type Clock, type Snowflake } from '@trunkline/kernel';
import { notAllowed } from '@trunkline/mastodon-api';
import type { AccountChange } from '@trunkline/social';
import { mayActOn, type Staff } from '../authorise/staff.js';

export type Decision = 'approve' | 'reject' | 'enable' | 'disable' | 'silence' | 'unsilence' | 'suspend' | 'unsuspend' | 'none';

/** Whom a decision is about; `user` is null for remote people. */
export interface Target {
  readonly account: Account;
  readonly user: User | null;
}

export interface DecisionPorts {
  readonly clock: Clock;
  readonly users: {
    approve(userId: Snowflake): Promise<boolean>;
    reject(userId: Snowflake): Promise<boolean>;
    setDisabled(userId: Snowflake, disabled: boolean): Promise<void>;
  };
  /** Other servers hear of a suspension here, and of its end. */
  readonly updateAccount: (account: Account, change: Pick<AccountChange, 'silencedAt' | 'suspendedAt'>) => Promise<void>;
  /** Ends tokens, codes and web sessions. */
  readonly signOut: (userId: Snowflake) => Promise<void>;
  /** Closes the account's streams everywhere. */
  readonly closeStreams: (accountId: AccountId) => void;
  /** Begins to send it; whether it arrives is not waited for. */
  readonly mailApproval: (user: User) => void;
  readonly record: (staff: Staff, decision: Decision, target: Target, details: Readonly<Record<string, unknown>>) => Promise<void>;
}

/**
 * Carries out one decision about one account. Readers ask the rows, so it holds as soon as this resolves.
 * @throws AppError 403 when the role does not reach that far, or there is nothing to decide
 */
export async function decideAccount(
  ports: DecisionPorts,
  staff: Staff,
  target: Target,
  order: { readonly decision: Decision; readonly details?: Readonly<Record<string, unknown>> },
): Promise<void> {
  if (!mayActOn(staff, target)) throw notAllowed();
  await EFFECTS[order.decision](ports, target);
  await ports.record(staff, order.decision, target, order.details ?? {});
}

type Effect = (ports: DecisionPorts, target: Target) => Promise<void>;

const EFFECTS: Readonly<Record<Decision, Effect>> = {
  none: () => Promise.resolve(),
  approve: async ({ users, mailApproval }, target) => {
    const user = localUser(target);
    if (!(await users.approve(user.id))) throw notAllowed();
    mailApproval(user);
  },
  reject: async ({ users }, target) => {
    if (!(await users.reject(localUser(target).id))) throw notAllowed();
  },
  enable: ({ users }, target) => users.setDisabled(localUser(target).id, false),
  disable: async ({ users, closeStreams }, target) => {
    await users.setDisabled(localUser(target).id, true);
    closeStreams(target.account.id);
  },
  silence: ({ updateAccount, clock }, { account }) => updateAccount(account, { silencedAt: account.silencedAt ?? nowDate(clock) }),
  unsilence: ({ updateAccount }, { account }) => updateAccount(account, { silencedAt: null }),
  suspend: async ({ updateAccount, clock, signOut, closeStreams }, { account, user }) => {
    await updateAccount(account, { suspendedAt: account.suspendedAt ?? nowDate(clock) });
    if (user === null) return;
    await signOut(user.id);
    closeStreams(account.id);
  },
  unsuspend: ({ updateAccount }, { account }) => updateAccount(account, { suspendedAt: null }),
};

function localUser({ user }: Target): User {
  if (user === null) throw notAllowed();
  return user;
}
