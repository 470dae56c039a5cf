import type { KeyObject } from 'node:crypto';
import { keyHost, parsePublicKeyPem } from '@trunkline/http-signatures';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { FetchedKey, KeyFailure } from './fetch-key.js';
import type { KeyLane } from './key-lane.js';

/** federation.remote_keys, shared by all copies. */
export interface RemoteKeyRows {
  get(keyIds: readonly string[]): Promise<ReadonlyMap<string, FetchedKey>>;
  put(key: FetchedKey): Promise<void>;
}

export interface SigningKey extends FetchedKey {
  readonly key: KeyObject;
  /** Read from its server for this very request. */
  readonly isFresh: boolean;
}

export interface KeyBookSettings {
  readonly keysMax: number;
  /** How long a parsed key is used without a look at the shared table, where another copy may have replaced it. */
  readonly trustedMs: number;
  /** A key that did not fit is read again from its server at most this often. */
  readonly renewEveryMs: number;
}

const DEFAULTS: KeyBookSettings = { keysMax: 10_000, trustedMs: 600_000, renewEveryMs: 300_000 };

type Found = Result<SigningKey, KeyFailure>;

/** Public keys of remote actors: parsed in memory, then the table, then their server. */
export class KeyBook {
  /** In order of use, the least recent first. */
  private readonly parsed = new Map<string, { readonly key: SigningKey; readonly readMs: number }>();
  private readonly renewedMs = new Map<string, number>();
  private readonly settings: KeyBookSettings;

  constructor(
    private readonly rows: RemoteKeyRows,
    private readonly lane: KeyLane,
    settings: Partial<KeyBookSettings> = {},
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  async find(keyId: string): Promise<Found> {
    const known = this.parsed.get(keyId);
    if (known !== undefined && this.monotonicMs() - known.readMs < this.settings.trustedMs) {
      this.parsed.delete(keyId);
      this.parsed.set(keyId, known);
      return ok(known.key);
    }
    const stored = (await this.rows.get([keyId])).get(keyId);
    return (stored === undefined ? null : this.keep(stored)) ?? this.fetch(keyId);
  }

  /** Another key than the one that did not fit: one that another copy has read by now, or the server's own. null: the same, or asked too often. */
  async renew(old: SigningKey): Promise<Found | null> {
    const stored = (await this.rows.get([old.keyId])).get(old.keyId);
    if (stored !== undefined && stored.publicKeyPem !== old.publicKeyPem) return this.keep(stored);
    if (!this.mayRenew(old.keyId)) return null;
    const fetched = await this.fetch(old.keyId, { fresh: true });
    return fetched.ok && fetched.value.publicKeyPem === old.publicKeyPem ? null : fetched;
  }

  private async fetch(keyId: string, options: { readonly fresh?: boolean } = {}): Promise<Found> {
    const fetched = await this.lane.run(keyId, keyHost(keyId) ?? '', options);
    if (!fetched.ok) return fetched;
    await this.rows.put(fetched.value);
    const kept = this.keep(fetched.value);
    return kept === null ? fail({ code: 'bad_key' }) : ok({ ...kept.value, isFresh: true });
  }

  private keep(row: FetchedKey): { readonly ok: true; readonly value: SigningKey } | null {
    const key = parsePublicKeyPem(row.publicKeyPem);
    if (!key.ok) return null;
    const { keyId, ownerUri, publicKeyPem } = row;
    const signing: SigningKey = { keyId, ownerUri, publicKeyPem, key: key.value, isFresh: false };
    this.parsed.delete(keyId);
    dropOldest(this.parsed, this.settings.keysMax);
    this.parsed.set(keyId, { key: signing, readMs: this.monotonicMs() });
    return ok(signing);
  }

  private mayRenew(keyId: string): boolean {
    const nowMs = this.monotonicMs();
    const lastMs = this.renewedMs.get(keyId);
    if (lastMs !== undefined && nowMs - lastMs < this.settings.renewEveryMs) return false;
    this.renewedMs.delete(keyId);
    dropOldest(this.renewedMs, this.settings.keysMax);
    this.renewedMs.set(keyId, nowMs);
    return true;
  }
}

function dropOldest(map: Map<string, unknown>, sizeMax: number): void {
  const [oldest] = map.keys();
  if (map.size >= sizeMax && oldest !== undefined) map.delete(oldest);
}
