import type { Account, Role, User } from '@trunkline/domain';

const RANKS: Readonly<Record<Role, number>> = { User: 0, Moderator: 1, Admin: 2, Owner: 3 };

/** Who decides: the account for the audit, the role for what it allows. */
export interface Staff {
  readonly account: Account;
  readonly role: Role;
}

export const isAtLeast = (role: Role, needed: Role): boolean => RANKS[role] >= RANKS[needed];

/** Moderators act on those below them: nobody on themselves, an equal or somebody above. Remote people have no role. */
export const mayActOn = (staff: Staff, target: { readonly account: Account; readonly user: Pick<User, 'role'> | null }): boolean =>
  staff.account.id !== target.account.id && RANKS[staff.role] > RANKS[target.user?.role ?? 'User'];

/**
 * The role that a route of the admin API asks for besides its scope: what rules a whole server is for admins, people
 * and reports are every moderator's.
 * @param path as the router declares it
 */
export const roleNeededFor = (path: string): Role => (/^\/api\/v\d+\/admin\/domain_/.test(path) ? 'Admin' : 'Moderator');
