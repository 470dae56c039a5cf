import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SecretKeySetting } from './settings/settings.js';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/**
 * Encrypts secrets at rest (private keys, second factors) with AES-256-GCM. A sealed value is
 * `v1.<keyId>.<nonce>.<ciphertext and tag>`, the last two in URL-safe base64.
 *
 * Rotation: put a new `id:key` pair first in TRUNKLINE_SECRET_KEYS and keep the old ones behind it, restart
 * every process that seals or opens, seal old values anew (`needsRotation` tells which), then drop the old pair.
 * A process that has not got the new key yet cannot open new values, so give the new key to all in second
 * place first, and only then move it to the front, when no downtime is wanted.
 */
export class KeyRing {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly currentId: string;

  constructor(secretKeys: readonly SecretKeySetting[]) {
    const [first] = secretKeys;
    if (first === undefined) throw new RangeError('a key ring needs at least one key');
    this.keys = new Map(secretKeys.map(({ id, keyBase64 }) => [id, Buffer.from(keyBase64, 'base64')]));
    for (const [id, key] of this.keys) if (key.length !== KEY_BYTES) throw new RangeError(`key ${id} must be ${KEY_BYTES} bytes`);
    this.currentId = first.id;
  }

  /** `aad` binds the value to its place, such as `account-key:<accountId>`: it opens nowhere else. */
  encrypt(plain: Buffer, aad: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key(this.currentId), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(aad, 'utf8'));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.currentId}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
  }

  /** @throws Error when the value was changed, belongs to another place, or its key left the ring. */
  decrypt(sealed: string, aad: string): Buffer {
    const [version, keyId = '', nonceText = '', bodyText = '', ...rest] = sealed.split('.');
    const [nonce, body] = [Buffer.from(nonceText, 'base64url'), Buffer.from(bodyText, 'base64url')];
    if (version !== 'v1' || rest.length > 0 || nonce.length !== NONCE_BYTES || body.length < TAG_BYTES) {
      throw new Error('not a sealed value of this key ring');
    }
    const decipher = createDecipheriv(CIPHER, this.key(keyId), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(aad, 'utf8'));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]);
  }

  /** Whether the value was sealed by another key than the one that seals now. */
  needsRotation(sealed: string): boolean {
    return sealed.split('.')[1] !== this.currentId;
  }

  private key(id: string): Buffer {
    const key = this.keys.get(id);
    if (key === undefined) throw new Error(`key ${id.slice(0, 32)} is not in TRUNKLINE_SECRET_KEYS`);
    return key;
  }
}
