import type { User } from '@trunkline/domain';

/** What every app that takes tokens may know of a person: neither address nor reason. */
export type TokenUser = Omit<User, 'email' | 'reason'>;

/** Columns of `identity.users u` that the roles of all those apps may read (role-grants.ts). */
export const TOKEN_USER_COLUMNS = `
  u.id, u.account_id AS "accountId", u.role, u.locale, u.confirmed_at AS "confirmedAt", u.approved, u.disabled,
  u.created_at AS "createdAt", u.last_active_at AS "lastActiveAt", u.default_visibility AS "defaultVisibility",
  u.default_sensitive AS "defaultSensitive", u.default_language AS "defaultLanguage",
  u.default_quote_policy AS "defaultQuotePolicy"`;

/** Columns of `identity.users u`, named as the domain names them. */
export const USER_COLUMNS = `${TOKEN_USER_COLUMNS}, u.email, u.reason`;

export type UserRow = User & Record<string, unknown>;

/** The row without what else the query selected. */
export const toUser = (row: UserRow): User => ({ ...toTokenUser(row), email: row.email, reason: row.reason });

export const toTokenUser = (row: UserRow): TokenUser => ({
  id: row.id,
  accountId: row.accountId,
  role: row.role,
  locale: row.locale,
  confirmedAt: row.confirmedAt,
  approved: row.approved,
  disabled: row.disabled,
  createdAt: row.createdAt,
  lastActiveAt: row.lastActiveAt,
  defaultVisibility: row.defaultVisibility,
  defaultSensitive: row.defaultSensitive,
  defaultLanguage: row.defaultLanguage,
  defaultQuotePolicy: row.defaultQuotePolicy,
});
