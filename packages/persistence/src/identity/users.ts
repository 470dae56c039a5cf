import { changeOf, type Page, type QuoteChoice, type Role, type User, type Visibility } from '@trunkline/domain';
import { fail, ok, type AccountId, type Result, type Snowflake } from '@trunkline/kernel';
import type { AccountProfile, SocialTransaction } from '@trunkline/social';
import { sqlState } from '../database-errors.js';
import { changed, type Database, type Queryable } from '../database.js';
import type { SqlSocialStore } from '../social/social-store.js';
import { hashPassword, isPassword } from './passwords.js';
import { newSecret, secretHash } from './secrets.js';
import { toUser, USER_COLUMNS, type UserRow } from './user-rows.js';

export interface NewUser {
  readonly id: Snowflake;
  readonly account: AccountProfile & { id: AccountId };
  readonly email: string;
  readonly password: string;
  readonly role: Role;
  readonly locale: string;
  readonly confirmed: boolean;
  readonly approved: boolean;
  readonly reason: string | null;
  readonly appId: Snowflake | null;
  readonly ip: string | null;
}

export type NewUserFailure = { code: 'username_taken' | 'email_taken' };

/** What `admin/accounts` asks for. */
export interface UserFilter {
  readonly origin: 'local' | 'remote' | null;
  readonly status: 'active' | 'pending' | 'disabled' | 'silenced' | 'suspended' | null;
  readonly username: string | null;
  readonly domain: string | null;
  readonly email: string | null;
  /** A part of the display name. */
  readonly displayName?: string | null;
  /** Only those with a role. */
  readonly staff?: boolean;
  readonly page: Page;
}

const UNIQUE_VIOLATION = '23505';
const HOUR = '1 hour';

/** People who sign in here. */
export class Users {
  constructor(
    private readonly db: Database,
    private readonly store: SqlSocialStore,
  ) {}

  /**
   * Account and person in one transaction; `within` adds what must commit with them (an event).
   * @returns the user, and the secret of the confirmation link unless they are confirmed.
   */
  async create(
    user: NewUser,
    within: (tx: SocialTransaction) => Promise<void> = () => Promise.resolve(),
  ): Promise<Result<{ user: User; confirmationToken: string | null }, NewUserFailure>> {
    const passwordHash = await hashPassword(user.password);
    const confirmationToken = user.confirmed ? null : newSecret();
    try {
      return await this.db.transaction(async (tx) => {
        const social = this.store.within(tx);
        if (!(await social.insertAccount(user.account))) return fail({ code: 'username_taken' as const });
        const row = await insertUser(tx, user, passwordHash, confirmationToken);
        await within(social);
        return ok({ user: row, confirmationToken });
      });
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION) return fail({ code: 'email_taken' });
      throw error;
    }
  }

  async byIds(ids: readonly Snowflake[]): Promise<User[]> {
    return this.select('u.id = ANY($1::bigint[])', [ids], ids.length);
  }

  async byAccountIds(accountIds: readonly AccountId[]): Promise<User[]> {
    return this.select('u.account_id = ANY($1::bigint[])', [accountIds], accountIds.length);
  }

  async byEmail(email: string): Promise<User | null> {
    return (await this.select('lower(u.email) = lower($1)', [email.trim()], 1))[0] ?? null;
  }

  /** The person with this address and password; takes as long when there is none. */
  async authenticate(email: string, password: string): Promise<User | null> {
    const rows = await this.db.query<UserRow & { hash: string }>(
      `SELECT ${USER_COLUMNS}, u.password_hash AS hash FROM identity.users u WHERE lower(u.email) = lower($1) LIMIT 1`,
      [email.trim()],
    );
    const row = rows[0];
    const right = await isPassword(password, row?.hash ?? null);
    return right && row !== undefined ? toUser(row) : null;
  }

  /**
   * Marks the address as confirmed, for the first of many who follow the same link. Null: the link is unknown, too old
   * or was used. `within` adds what must commit with it (an event).
   */
  async confirm(token: string, within: (tx: SocialTransaction, user: User) => Promise<void> = () => Promise.resolve()): Promise<User | null> {
    return this.db.transaction(async (tx) => {
      const rows = await tx.query<UserRow>(
        `UPDATE identity.users u SET confirmed_at = coalesce(confirmed_at, now()), confirmation_token_hash = NULL
          WHERE confirmation_token_hash = $1 AND confirmation_sent_at > now() - interval '7 days'
          RETURNING ${USER_COLUMNS}`,
        [secretHash(token)],
      );
      if (rows[0] === undefined) return null;
      const user = toUser(rows[0]);
      await this.wrote(user.id, tx);
      await within(this.store.within(tx), user);
      return user;
    });
  }

  /** A fresh confirmation link, which ends the former one; optionally for a corrected address. */
  async renewConfirmation(userId: Snowflake, email: string | null): Promise<Result<string, { code: 'email_taken' | 'confirmed' }>> {
    const token = newSecret();
    try {
      const rows = await this.db.query(
        `UPDATE identity.users SET confirmation_token_hash = $2, confirmation_sent_at = now(), email = coalesce($3, email)
          WHERE id = $1 AND confirmed_at IS NULL RETURNING id`,
        [userId, secretHash(token), email],
      );
      await this.wrote(userId);
      return rows.length === 1 ? ok(token) : fail({ code: 'confirmed' });
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION) return fail({ code: 'email_taken' });
      throw error;
    }
  }

  async approve(userId: Snowflake): Promise<boolean> {
    const rows = await this.db.query('UPDATE identity.users SET approved = true WHERE id = $1 AND NOT approved RETURNING id', [userId]);
    await this.wrote(userId);
    return rows.length === 1;
  }

  /** Only a pending sign-up can be rejected: the person is removed, the account's name stays reserved as a tombstone. */
  async reject(userId: Snowflake): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const rows = await tx.query<{ account_id: AccountId }>(
        'DELETE FROM identity.users WHERE id = $1 AND NOT approved RETURNING account_id',
        [userId],
      );
      const accountId = rows[0]?.account_id;
      if (accountId === undefined) return false;
      await this.wrote(userId, tx);
      await this.store.within(tx).deleteAccount(accountId);
      return true;
    });
  }

  async setDisabled(userId: Snowflake, disabled: boolean): Promise<void> {
    await this.db.query('UPDATE identity.users SET disabled = $2 WHERE id = $1', [userId, disabled]);
    await this.wrote(userId);
  }

  async setRole(userId: Snowflake, role: Role): Promise<void> {
    const rows = await this.db.query<{ accountId: AccountId }>(
      'UPDATE identity.users SET role = $2 WHERE id = $1 RETURNING account_id AS "accountId"',
      [userId, role],
    );
    // The badge stands in the profile.
    await changed(this.db, [changeOf.user(userId), ...rows.map((row) => changeOf.account(row.accountId))]);
  }

  async setPassword(userId: Snowflake, password: string): Promise<void> {
    const hash = await hashPassword(password);
    await this.db.query('UPDATE identity.users SET password_hash = $2 WHERE id = $1', [userId, hash]);
  }

  async setDefaults(userId: Snowflake, defaults: { visibility?: Visibility; sensitive?: boolean; language?: string | null; quotePolicy?: QuoteChoice }): Promise<void> {
    await this.db.query(
      `UPDATE identity.users SET default_visibility = coalesce($2, default_visibility),
              default_sensitive = coalesce($3, default_sensitive),
              default_language = CASE WHEN $4 THEN $5 ELSE default_language END,
              default_quote_policy = coalesce($6, default_quote_policy)
        WHERE id = $1`,
      [userId, defaults.visibility ?? null, defaults.sensitive ?? null, defaults.language !== undefined, defaults.language ?? null, defaults.quotePolicy ?? null],
    );
    await this.wrote(userId);
  }

  /** Notes that they were here, at most hourly: reading must not write. */
  async touch(userId: Snowflake): Promise<void> {
    await this.db.query(
      `UPDATE identity.users SET last_active_at = now()
        WHERE id = $1 AND (last_active_at IS NULL OR last_active_at < now() - interval '${HOUR}')`,
      [userId],
    );
    await this.wrote(userId);
  }

  /** Accounts of those who moderate and can sign in. */
  async moderatorAccountIds(): Promise<AccountId[]> {
    const rows = await this.db.query<{ id: AccountId }>(
      `SELECT account_id AS id FROM identity.users
        WHERE role IN ('Owner', 'Admin', 'Moderator') AND approved AND NOT disabled ORDER BY id LIMIT 100`,
    );
    return rows.map((row) => row.id);
  }

  async hasOwner(): Promise<boolean> {
    return (await this.db.query("SELECT 1 FROM identity.users WHERE role = 'Owner' LIMIT 1")).length === 1;
  }

  /** Ids of accounts, newest first. */
  async search(filter: UserFilter): Promise<AccountId[]> {
    const { page } = filter;
    const rows = await this.db.query<{ id: AccountId }>(
      `SELECT a.id FROM social.accounts a LEFT JOIN identity.users u ON u.account_id = a.id
        WHERE a.deleted_at IS NULL
          AND ($1::text IS NULL OR ($1 = 'local') = (a.domain IS NULL))
          AND CASE $2::text
                WHEN 'pending' THEN NOT u.approved
                WHEN 'disabled' THEN u.disabled
                WHEN 'silenced' THEN a.silenced_at IS NOT NULL
                WHEN 'suspended' THEN a.suspended_at IS NOT NULL
                WHEN 'active' THEN a.suspended_at IS NULL AND coalesce(u.approved AND NOT u.disabled, true)
                ELSE true END
          AND ($3::text IS NULL OR lower(a.username) LIKE lower($3) || '%')
          AND ($4::text IS NULL OR a.domain = lower($4))
          AND ($5::text IS NULL OR lower(u.email) = lower($5))
          AND ($9::text IS NULL OR a.display_name ILIKE '%' || $9 || '%')
          AND (NOT $10::boolean OR u.role <> 'User')
          AND ($6::bigint IS NULL OR a.id < $6) AND ($7::bigint IS NULL OR a.id > $7)
        ORDER BY a.id ${page.minId === null ? 'DESC' : 'ASC'} LIMIT $8`,
      [
        filter.origin,
        filter.status,
        likePattern(filter.username),
        filter.domain,
        filter.email,
        page.maxId,
        page.minId ?? page.sinceId,
        page.limit,
        likePattern(filter.displayName ?? null),
        filter.staff ?? false,
      ],
    );
    return page.minId === null ? rows.map((row) => row.id) : rows.map((row) => row.id).reverse();
  }

  private wrote(userId: Snowflake, db: Queryable = this.db): Promise<void> {
    return changed(db, [changeOf.user(userId)]);
  }

  private async select(condition: string, params: readonly unknown[], limit: number): Promise<User[]> {
    if (limit === 0) return [];
    const rows = await this.db.query<UserRow>(
      `SELECT ${USER_COLUMNS} FROM identity.users u WHERE ${condition} LIMIT ${Math.min(limit, 1000)}`,
      params,
    );
    return rows.map(toUser);
  }
}

const likePattern = (text: string | null): string | null => text?.replace(/[\\%_]/g, '\\$&') ?? null;

async function insertUser(tx: Queryable, user: NewUser, passwordHash: string, token: string | null): Promise<User> {
  const rows = await tx.query<UserRow>(
    `INSERT INTO identity.users AS u (id, account_id, email, password_hash, role, locale, confirmed_at,
            confirmation_token_hash, confirmation_sent_at, approved, reason, created_by_app_id, sign_up_ip)
     VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 THEN now() END, $8, CASE WHEN $7 THEN NULL ELSE now() END, $9, $10, $11, $12)
     RETURNING ${USER_COLUMNS}`,
    [
      user.id,
      user.account.id,
      user.email.trim(),
      passwordHash,
      user.role,
      user.locale,
      user.confirmed,
      token === null ? null : secretHash(token),
      user.approved,
      user.reason,
      user.appId,
      user.ip,
    ],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('an insert without conflict clause returned nothing');
  return toUser(row);
}
