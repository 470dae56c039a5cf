import { nowDate, type Clock } from '@trunkline/kernel';
import type { Queryable } from '../database.js';

/** How a host wants its requests signed. */
export interface RememberedScheme {
  readonly host: string;
  readonly scheme: 'cavage' | 'rfc9421';
  readonly expiresAt: Date;
}

const HOST_LENGTH_MAX = 300;

/**
 * federation.signature_schemes: which scheme a host took after it had refused the other one. A memory only, shared by all
 * copies and services: without a row a host is asked with both.
 */
export class SignatureSchemeStore {
  constructor(
    private readonly db: Queryable,
    private readonly clock: Clock,
  ) {}

  /** What was learned since `since` (by database time) and still holds, oldest first. */
  async learnedSince(since: Date, limit: number): Promise<{ known: RememberedScheme[]; until: Date }> {
    const rows = await this.db.query<RememberedScheme & { updated_at: Date }>(
      `SELECT host, scheme, expires_at AS "expiresAt", updated_at FROM federation.signature_schemes
        WHERE updated_at >= $1 AND expires_at > $2 ORDER BY updated_at, host LIMIT $3`,
      [since, nowDate(this.clock), limit],
    );
    const known = rows.map(({ host, scheme, expiresAt }) => ({ host, scheme, expiresAt }));
    return { known, until: rows.at(-1)?.updated_at ?? since };
  }

  async save({ host, scheme, expiresAt }: RememberedScheme): Promise<void> {
    if (host.length > HOST_LENGTH_MAX) return;
    await this.db.query(
      `INSERT INTO federation.signature_schemes (host, scheme, expires_at, updated_at) VALUES ($1, $2, $3, clock_timestamp())
       ON CONFLICT (host) DO UPDATE
         SET scheme = excluded.scheme, expires_at = excluded.expires_at, updated_at = excluded.updated_at`,
      [host, scheme, expiresAt],
    );
  }
}
