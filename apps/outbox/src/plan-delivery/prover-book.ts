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

  /** Each of the senders' provers. A key that is made now is kept by nobody else: the transaction may be rolled back. */
  async proversOf(rows: ProofKeyRows, senderIds: readonly AccountId[]): Promise<Map<AccountId, Prover>> {
    const keys = new Map<AccountId, KeyObject>();
    for (const id of senderIds) {
      const key = this.keys.get(id);
      if (key !== undefined) keys.set(id, this.keep(id, key));
    }
    const unknown = senderIds.filter((id) => !keys.has(id));
    const found = unknown.length === 0 ? new Map<AccountId, SigningKeyPair>() : await rows.find(unknown);
    for (const id of unknown) {
      const pair = found.get(id);
      keys.set(id, pair === undefined ? createPrivateKey((await rows.getOrCreate(id)).privateKeyPem) : this.keep(id, createPrivateKey(pair.privateKeyPem)));
    }
    return new Map([...keys].map(([id, privateKey]) => [id, { keyId: this.keyIdOf(id), privateKey }]));
  }

  private keyIdOf(id: AccountId): string {
    return (id === INSTANCE_SENDER ? instanceActorUris(this.baseUrl) : actorUris(this.baseUrl, id)).proofKeyId;
  }

  private keep(senderId: AccountId, key: KeyObject): KeyObject {
    this.keys.delete(senderId);
    this.keys.set(senderId, key);
    const [oldest] = this.keys.keys();
    if (this.keys.size > KEYS_MAX && oldest !== undefined) this.keys.delete(oldest);
    return key;
  }
}
