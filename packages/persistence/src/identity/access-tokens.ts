import { changeOf } from '@trunkline/domain';
import { AppError, type Snowflake } from '@trunkline/kernel';
import { changed, type Database, type Queryable } from '../database.js';
import { newSecret, secretHash } from './secrets.js';
import { toTokenUser, TOKEN_USER_COLUMNS, type TokenUser, type UserRow } from './user-rows.js';

/** What a bearer token stands for. */
export interface TokenIdentity {
  readonly tokenId: Snowflake;
  readonly appId: Snowflake;
  readonly appName: string;
  readonly appWebsite: string | null;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  /** null: the application itself (client credentials). */
  readonly user: TokenUser | null;
}

export interface NewGrant {
  readonly appId: Snowflake;
  readonly userId: Snowflake;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** PKCE S256; null: the client used none. */
  readonly codeChallenge: string | null;
}

export interface RedeemedGrant extends NewGrant {
  readonly codeHash: string;
}

type TokenRow = UserRow & {
  tokenId: Snowflake;
  appId: Snowflake;
  appName: string;
  appWebsite: string | null;
  scopes: string;
  tokenCreatedAt: Date;
};
type GrantRow = {
  appId: Snowflake;
  userId: Snowflake;
  redirectUri: string;
  scopes: string;
  codeChallenge: string | null;
  usedBefore: boolean;
  fresh: boolean;
} & Record<string, unknown>;

/** Authorization codes and access tokens; only their hashes are stored. */
export class AccessTokens {
  constructor(private readonly db: Database) {}

  /** A code for ten minutes and one use. */
  async grant(grant: NewGrant): Promise<string> {
    const code = newSecret();
    await this.db.query(
      `INSERT INTO identity.grants (code_hash, app_id, user_id, redirect_uri, scopes, code_challenge, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + interval '10 minutes')`,
      [secretHash(code), grant.appId, grant.userId, grant.redirectUri, grant.scopes.join(' '), grant.codeChallenge],
    );
    return code;
  }

  /**
   * Takes a code. `check` judges it before it counts as used. Null: unknown, expired, refused, or used before; a
   * code that comes twice, however late, was stolen: every token made from it is revoked, and the code forgotten, so
   * that `issue` makes no more of it (RFC 6749 §4.1.2).
   */
  async redeem(code: string, check: (grant: RedeemedGrant) => boolean): Promise<RedeemedGrant | null> {
    const codeHash = secretHash(code);
    return this.db.transaction(async (tx) => {
      const rows = await tx.query<GrantRow>(
        `SELECT app_id AS "appId", user_id AS "userId", redirect_uri AS "redirectUri", scopes,
                code_challenge AS "codeChallenge", used_at IS NOT NULL AS "usedBefore", expires_at > now() AS fresh
           FROM identity.grants WHERE code_hash = $1 LIMIT 1 FOR UPDATE`,
        [codeHash],
      );
      const row = rows[0];
      if (row === undefined) return null;
      const { usedBefore, fresh, ...rest } = row;
      const grant: RedeemedGrant = { ...rest, scopes: row.scopes.split(' '), codeHash };
      if (usedBefore) {
        const revoked = await tx.query<{ id: Snowflake }>(
          'UPDATE identity.tokens SET revoked_at = now() WHERE grant_code_hash = $1 AND revoked_at IS NULL RETURNING id',
          [codeHash],
        );
        await changed(tx, revoked.map(({ id }) => changeOf.token(id)));
        await tx.query('DELETE FROM identity.grants WHERE code_hash = $1', [codeHash]);
        return null;
      }
      if (!fresh || !check(grant)) return null;
      await tx.query('UPDATE identity.grants SET used_at = now() WHERE code_hash = $1', [codeHash]);
      return grant;
    });
  }

  /** @throws AppError 400 `invalid_grant` when the code came a second time after it was redeemed. */
  async issue(token: {
    id: Snowflake;
    appId: Snowflake;
    userId: Snowflake | null;
    scopes: readonly string[];
    grantCodeHash?: string;
  }): Promise<{ token: string; createdAt: Date }> {
    const secret = newSecret();
    const rows = await this.db.query<{ createdAt: Date }>(
      // The lock makes a second use of the code, which forgets it, come wholly before or wholly after.
      `WITH code AS MATERIALIZED (SELECT code_hash FROM identity.grants WHERE code_hash = $5::text FOR SHARE)
       INSERT INTO identity.tokens (id, token_hash, app_id, user_id, grant_code_hash, scopes)
       SELECT $1::bigint, $2::text, $3::bigint, $4::bigint, $5::text, $6::text
        WHERE $5::text IS NULL OR EXISTS (SELECT FROM code)
       RETURNING created_at AS "createdAt"`,
      [token.id, secretHash(secret), token.appId, token.userId, token.grantCodeHash ?? null, token.scopes.join(' ')],
    );
    const row = rows[0];
    if (row === undefined) throw new AppError(400, 'invalid_grant', 'The authorization code has been used before');
    return { token: secret, createdAt: row.createdAt };
  }

  /** What the token stands for, in one query; null when it is unknown or revoked. */
  async lookup(token: string): Promise<TokenIdentity | null> {
    const rows = await this.db.query<TokenRow>(
      `SELECT t.id AS "tokenId", t.app_id AS "appId", p.name AS "appName", p.website AS "appWebsite", t.scopes,
              t.created_at AS "tokenCreatedAt", ${TOKEN_USER_COLUMNS}
         FROM identity.tokens t JOIN identity.apps p ON p.id = t.app_id LEFT JOIN identity.users u ON u.id = t.user_id
        WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND (t.user_id IS NULL OR u.id IS NOT NULL) LIMIT 1`,
      [secretHash(token)],
    );
    const row = rows[0];
    if (row === undefined) return null;
    return {
      tokenId: row.tokenId,
      appId: row.appId,
      appName: row.appName,
      appWebsite: row.appWebsite,
      scopes: row.scopes.split(' '),
      createdAt: row.tokenCreatedAt,
      // Without a user the outer join leaves every column of theirs empty.
      user: (row.id as Snowflake | null) === null ? null : toTokenUser(row),
    };
  }

  /** Those of these tokens that still open anything: not revoked, and their people neither disabled, waiting, suspended nor gone. */
  async usable(tokenIds: readonly Snowflake[]): Promise<Set<Snowflake>> {
    if (tokenIds.length === 0) return new Set();
    const rows = await this.db.query<{ id: Snowflake }>(
      `SELECT t.id FROM identity.tokens t JOIN identity.users u ON u.id = t.user_id JOIN social.accounts a ON a.id = u.account_id
        WHERE t.id = ANY($1::bigint[]) AND t.revoked_at IS NULL AND NOT u.disabled AND u.approved AND u.confirmed_at IS NOT NULL
          AND a.suspended_at IS NULL AND a.deleted_at IS NULL
        LIMIT $2`,
      [tokenIds, tokenIds.length],
    );
    return new Set(rows.map((row) => row.id));
  }

  /** Revokes a token of this application. Unknown ones are no failure (RFC 7009). */
  async revoke(token: string, appId: Snowflake): Promise<void> {
    const revoked = await this.db.query<{ id: Snowflake }>(
      'UPDATE identity.tokens SET revoked_at = now() WHERE token_hash = $1 AND app_id = $2 AND revoked_at IS NULL RETURNING id',
      [secretHash(token), appId],
    );
    await changed(this.db, revoked.map(({ id }) => changeOf.token(id)));
  }

  /** Signs a person out everywhere: tokens, open codes and web sessions. */
  async revokeAllOf(userId: Snowflake): Promise<void> {
    await this.db.transaction(async (tx: Queryable) => {
      await tx.query('UPDATE identity.tokens SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL', [userId]);
      await changed(tx, [changeOf.user(userId)]);
      await tx.query('DELETE FROM identity.grants WHERE user_id = $1', [userId]);
      await tx.query('DELETE FROM identity.sessions WHERE user_id = $1', [userId]);
    });
  }
}
