import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { AccountId } from '@trunkline/kernel';

const KEYS_MAX = 2_000;

/** Private keys of the accounts that sent lately. Parsed once: that costs three signatures. */
export class SigningKeys {
  /** In order of use, the least recent first. */
  private readonly keys = new Map<AccountId, Promise<KeyObject>>();

  constructor(private readonly load: (accountId: AccountId) => Promise<{ readonly privateKeyPem: string }>) {}

  of(accountId: AccountId): Promise<KeyObject> {
    const known = this.keys.get(accountId) ?? this.read(accountId);
    this.keys.delete(accountId);
    this.keys.set(accountId, known);
    const [oldest] = this.keys.keys();
    if (this.keys.size > KEYS_MAX && oldest !== undefined) this.keys.delete(oldest);
    return known;
  }

  private async read(accountId: AccountId): Promise<KeyObject> {
    try {
      return createPrivateKey((await this.load(accountId)).privateKeyPem);
    } catch (error) {
      this.keys.delete(accountId);
      throw error;
    }
  }
}
