import type { User } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import type { Queryable } from '../database.js';
import { newSecret, secretHash } from './secrets.js';
import { toUser, USER_COLUMNS, type UserRow } from './user-rows.js';

const USER_AGENT_CHARS_MAX = 300;

/** Browsers that are signed in on our own pages. The cookie's value is stored as a hash. */
export class WebSessions {
  constructor(private readonly db: Queryable) {}

  /** A session of two weeks; returns the cookie's value. */
  async start(userId: Snowflake, userAgent: string | null): Promise<string> {
    const secret = newSecret();
    await this.db.query(
      `INSERT INTO identity.sessions (id_hash, user_id, expires_at, user_agent) VALUES ($1, $2, now() + interval '14 days', $3)`,
      [secretHash(secret), userId, userAgent?.slice(0, USER_AGENT_CHARS_MAX) ?? null],
    );
    return secret;
  }

  async userOf(secret: string): Promise<User | null> {
    const rows = await this.db.query<UserRow>(
      `SELECT ${USER_COLUMNS} FROM identity.sessions s JOIN identity.users u ON u.id = s.user_id
        WHERE s.id_hash = $1 AND s.expires_at > now() LIMIT 1`,
      [secretHash(secret)],
    );
    return rows[0] === undefined ? null : toUser(rows[0]);
  }

  async end(secret: string): Promise<void> {
    await this.db.query('DELETE FROM identity.sessions WHERE id_hash = $1', [secretHash(secret)]);
  }
}
