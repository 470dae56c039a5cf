import type { User } from '@trunkline/domain';

/** Columns of `identity.users u`, named as the domain names them. */
export const USER_COLUMNS = `
  u.id, u.account_id AS "accountId", u.email, u.role, u.locale, u.confirmed_at AS "confirmedAt", u.approved, u.disabled,
  u.reason, u.created_at AS "createdAt", u.last_active_at AS "lastActiveAt", u.default_visibility AS "defaultVisibility",
  u.default_sensitive AS "defaultSensitive", u.default_language AS "defaultLanguage"`;

export type UserRow = User & Record<string, unknown>;

/** The row without what else the query selected. */
export const toUser = (row: UserRow): User => ({
  id: row.id,
  accountId: row.accountId,
  email: row.email,
  role: row.role,
  locale: row.locale,
  confirmedAt: row.confirmedAt,
  approved: row.approved,
  disabled: row.disabled,
  reason: row.reason,
  createdAt: row.createdAt,
  lastActiveAt: row.lastActiveAt,
  defaultVisibility: row.defaultVisibility,
  defaultSensitive: row.defaultSensitive,
  defaultLanguage: row.defaultLanguage,
});
