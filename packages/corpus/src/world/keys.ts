import { generateKeyPairSync, type KeyObject } from 'node:crypto';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKeyPem: string;
}

/** The least that is accepted: hundreds are made, and nobody breaks them here. */
const RSA_BITS = 1_024;

/** A key pair for each actor, made when it is first needed and the same for the whole run: servers keep keys in memory. */
export class KeyRack {
  private readonly pairs = new Map<string, KeyPair>();

  of(actorUri: string): KeyPair {
    const known = this.pairs.get(actorUri);
    if (known !== undefined) return known;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
    const pair = { privateKey, publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
    this.pairs.set(actorUri, pair);
    return pair;
  }
}
