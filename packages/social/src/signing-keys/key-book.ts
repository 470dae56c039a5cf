import type { KeyObject } from 'node:crypto';
import { keyHost, parsePublicKeyPem } from '@trunkline/http-signatures';
import { fail, ok, type Clock, type Result } from '@trunkline/kernel';
import type { FetchedKey, KeyFailure } from './fetch-key.js';
import type { KeyLane, KeyWish } from './key-lane.js';

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

export interface KeyBookPorts {
  readonly rows: RemoteKeyRows;
  readonly lane: Pick<KeyLane, 'run'>;
  readonly clock: Clock;
}

export interface KeyBookSettings {
  readonly keysMax: number;
  /** How long a parsed key is used without a look at the shared table, where another copy may have replaced it. */
  readonly trustedMs: number;
  /** A key that did not fit is read again from its server at most this often. */
  readonly renewEveryMs: number;
}

const DEFAULTS: KeyBookSettings = { keysMax: 10_000, trustedMs: 600_000, renewEveryMs: 300_000 };

/** A key that was used within this is as good as used now. */
const USED_AGAIN_MS = 60_000;

interface KnownKey {
  readonly key: SigningKey;
  readonly readMs: number;
  /** When its place among the others was last renewed. */
  usedMs: number;
}

type Found = Result<SigningKey, KeyFailure>;

/** Public keys of remote actors: parsed in memory, then the table, then their server. */
export class KeyBook {
  /** In order of use, to the minute, the least recent first. */
  private readonly parsed = new Map<string, KnownKey>();
  private readonly renewedMs = new Map<string, number>();
  private readonly settings: KeyBookSettings;

  constructor(
    private readonly ports: KeyBookPorts,
    settings: Partial<KeyBookSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  /**
   * The key with this id that `fits` what was signed; read again once when the known one does not, since peers change theirs.
   * Failures: those of a fetch, `ended`, and `does_not_fit`.
   *
   * @param wish.proven who asks has shown before that the key's domain is theirs, see `KeyWish`
   */
  async findFitting(keyId: string, fits: (key: KeyObject) => boolean, wish: Pick<KeyWish, 'proven'> = {}): Promise<Found> {
    const found = await this.find(keyId, wish);
    if (!found.ok || fits(found.value.key)) return found;
    const renewed = found.value.isFresh ? null : await this.renew(found.value, wish);
    return renewed?.ok === true && fits(renewed.value.key) ? renewed : fail({ code: 'does_not_fit' });
  }

  private async find(keyId: string, wish: Pick<KeyWish, 'proven'>): Promise<Found> {
    // Looked at again after the table: it may have come from its server meanwhile.
    const found = this.fromMemory(keyId) ?? (await this.fromTable(keyId)) ?? this.fromMemory(keyId);
    if (found === null) return this.fetch(keyId, wish);
    // Its owner may have given it more time since.
    return !found.ok && this.mayRenew(keyId) ? this.fetch(keyId, { ...wish, fresh: true }) : found;
  }

  /** Another key than the one that did not fit: one that another copy has read by now, or the server's own. null: the same, or asked too often. */
  private async renew(old: SigningKey, wish: Pick<KeyWish, 'proven'>): Promise<Found | null> {
    const stored = (await this.ports.rows.get([old.keyId])).get(old.keyId);
    if (stored !== undefined && stored.publicKeyPem !== old.publicKeyPem) return this.keep(stored);
    if (!this.mayRenew(old.keyId)) return null;
    const fetched = await this.fetch(old.keyId, { ...wish, fresh: true });
    return fetched.ok && fetched.value.publicKeyPem === old.publicKeyPem ? null : fetched;
  }

  private fromMemory(keyId: string): Found | null {
    const known = this.parsed.get(keyId);
    const nowMs = this.ports.clock.nowMs();
    if (known === undefined || nowMs - known.readMs >= this.settings.trustedMs) return null;
    if (nowMs - known.usedMs >= USED_AGAIN_MS) {
      known.usedMs = nowMs;
      this.parsed.delete(keyId);
      this.parsed.set(keyId, known);
    }
    return this.unlessEnded(known.key);
  }

  private async fromTable(keyId: string): Promise<Found | null> {
    const stored = (await this.ports.rows.get([keyId])).get(keyId);
    return stored === undefined ? null : this.keep(stored);
  }

  private async fetch(keyId: string, wish: KeyWish): Promise<Found> {
    const fetched = await this.ports.lane.run(keyId, keyHost(keyId) ?? '', wish);
    if (!fetched.ok) return fetched;
    const kept = this.keep(fetched.value);
    await this.ports.rows.put(fetched.value);
    if (kept === null) return fail({ code: 'bad_key' });
    return kept.ok ? ok({ ...kept.value, isFresh: true }) : kept;
  }

  /** null: it cannot be read. */
  private keep(row: FetchedKey): Found | null {
    const key = parsePublicKeyPem(row.publicKeyPem);
    if (!key.ok) return null;
    const { keyId, ownerUri, publicKeyPem, endsAt } = row;
    const signing: SigningKey = { keyId, ownerUri, publicKeyPem, endsAt, key: key.value, isFresh: false };
    this.parsed.delete(keyId);
    dropOldest(this.parsed, this.settings.keysMax);
    const nowMs = this.ports.clock.nowMs();
    this.parsed.set(keyId, { key: signing, readMs: nowMs, usedMs: nowMs });
    return this.unlessEnded(signing);
  }

  /** A key counts until the end that its owner gave it. */
  private unlessEnded(key: SigningKey): Found {
    return key.endsAt === null || key.endsAt.getTime() > this.ports.clock.nowMs() ? ok(key) : fail({ code: 'ended' });
  }

  private mayRenew(keyId: string): boolean {
    const nowMs = this.ports.clock.nowMs();
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
