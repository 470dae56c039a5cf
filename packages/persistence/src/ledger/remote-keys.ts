import { nowDate, type Clock } from '@trunkline/kernel';
import type { Queryable } from '../database.js';

export interface RemoteKey {
  readonly keyId: string;
  readonly ownerUri: string;
  readonly publicKeyPem: string;
  /** When it ends by its owner's word; null: it names no end. */
  readonly endsAt: Date | null;
  readonly fetchedAt: Date;
}

/** Longer ids do not fit an index entry; such keys are used and not remembered. */
const ID_LENGTH_MAX = 800;
const PEM_LENGTH_MAX = 8_192;

const fits = ({ keyId, ownerUri, publicKeyPem }: Pick<RemoteKey, 'keyId' | 'ownerUri' | 'publicKeyPem'>): boolean =>
  keyId.length <= ID_LENGTH_MAX && ownerUri.length <= ID_LENGTH_MAX && publicKeyPem.length <= PEM_LENGTH_MAX && !`${keyId}${ownerUri}${publicKeyPem}`.includes('\0');

/** federation.remote_keys: public keys of other servers' actors. A memory only: all of it can be fetched again. */
export class RemoteKeyStore {
  constructor(
    private readonly db: Queryable,
    private readonly clock: Clock,
  ) {}

  async get(keyIds: readonly string[]): Promise<Map<string, RemoteKey>> {
    const asked = keyIds.filter((keyId) => keyId.length <= ID_LENGTH_MAX && !keyId.includes('\0'));
    const rows = await this.db.query<RemoteKey & Record<string, unknown>>(
      `SELECT key_id AS "keyId", owner_uri AS "ownerUri", public_key_pem AS "publicKeyPem", ends_at AS "endsAt", fetched_at AS "fetchedAt"
         FROM federation.remote_keys WHERE key_id = ANY($1) LIMIT $2`,
      [asked, asked.length],
    );
    return new Map(rows.map((row) => [row.keyId, row]));
  }

  /** Remembers or replaces a key. */
  async put(key: Omit<RemoteKey, 'fetchedAt' | 'endsAt'> & Partial<Pick<RemoteKey, 'endsAt'>>): Promise<void> {
    if (!fits(key)) return;
    await this.db.query(
      `INSERT INTO federation.remote_keys (key_id, owner_uri, public_key_pem, ends_at, fetched_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (key_id) DO UPDATE
         SET owner_uri = excluded.owner_uri, public_key_pem = excluded.public_key_pem, ends_at = excluded.ends_at, fetched_at = excluded.fetched_at`,
      [key.keyId, key.ownerUri, key.publicKeyPem, key.endsAt ?? null, nowDate(this.clock)],
    );
  }

  /** Instead of all that these owners had. */
  async replaceOwned(ownerUris: readonly string[], keys: readonly Omit<RemoteKey, 'fetchedAt'>[]): Promise<void> {
    const owners = ownerUris.filter((uri) => !uri.includes('\0'));
    if (owners.length > 0) await this.db.query('DELETE FROM federation.remote_keys WHERE owner_uri = ANY($1)', [owners]);
    const fit = [...new Map(keys.filter(fits).map((key) => [key.keyId, key])).values()];
    if (fit.length === 0) return;
    await this.db.query(
      `INSERT INTO federation.remote_keys (key_id, owner_uri, public_key_pem, ends_at, fetched_at)
       SELECT key_id, owner_uri, pem, ends_at, $5 FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS g (key_id, owner_uri, pem, ends_at)
        ORDER BY key_id
       ON CONFLICT (key_id) DO UPDATE
         SET owner_uri = excluded.owner_uri, public_key_pem = excluded.public_key_pem, ends_at = excluded.ends_at, fetched_at = excluded.fetched_at`,
      [fit.map(({ keyId }) => keyId), fit.map(({ ownerUri }) => ownerUri), fit.map(({ publicKeyPem }) => publicKeyPem), fit.map(({ endsAt }) => endsAt), nowDate(this.clock)],
    );
  }

  /** After an actor was deleted, or changed its keys. */
  async deleteByOwner(ownerUri: string): Promise<void> {
    if (ownerUri.includes('\0')) return;
    await this.db.query('DELETE FROM federation.remote_keys WHERE owner_uri = $1', [ownerUri]);
  }
}
