import { createPrivateKey, type KeyObject } from 'node:crypto';
import { actorUris, instanceActorUris, type Prover } from '@trunkline/activitypub';
import type { AccountId } from '@trunkline/kernel';
import type { SigningKeyPair } from '@trunkline/persistence';
import { INSTANCE_SENDER } from './plan.js';

/** keys.proof_keys within one transaction. */
export interface ProofKeyRows {
  find(accountIds: readonly AccountId[]): Promise<ReadonlyMap<AccountId, SigningKeyPair>>;
  getOrCreate(accountId: AccountId): Promise<SigningKeyPair>;
}

const KEYS_MAX = 2_000;

/** The Ed25519 keys of those who spoke lately, parsed once. */
export class ProverBook {
  /** In order of use, the least recent first. */
  private readonly keys = new Map<AccountId, KeyObject>();

  constructor(private readonly baseUrl: string) {}

  /** For one transaction: a key that is made in it is known to it alone, since it may be rolled back. */
  within(rows: ProofKeyRows): (senderId: AccountId) => Promise<Prover> {
    const made = new Map<AccountId, KeyObject>();
    return async (senderId) => {
      const privateKey = this.known(senderId) ?? made.get(senderId) ?? (await this.found(rows, senderId)) ?? createPrivateKey((await rows.getOrCreate(senderId)).privateKeyPem);
      if (!this.keys.has(senderId)) made.set(senderId, privateKey);
      const uris = senderId === INSTANCE_SENDER ? instanceActorUris(this.baseUrl) : actorUris(this.baseUrl, senderId);
      return { keyId: uris.proofKeyId, privateKey };
    };
  }

  private known(senderId: AccountId): KeyObject | undefined {
    const key = this.keys.get(senderId);
    if (key !== undefined) this.keep(senderId, key);
    return key;
  }

  private async found(rows: ProofKeyRows, senderId: AccountId): Promise<KeyObject | undefined> {
    const pair = (await rows.find([senderId])).get(senderId);
    return pair === undefined ? undefined : this.keep(senderId, createPrivateKey(pair.privateKeyPem));
  }

  private keep(senderId: AccountId, key: KeyObject): KeyObject {
    this.keys.delete(senderId);
    this.keys.set(senderId, key);
    const [oldest] = this.keys.keys();
    if (this.keys.size > KEYS_MAX && oldest !== undefined) this.keys.delete(oldest);
    return key;
  }
}
