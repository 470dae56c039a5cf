const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** An RSA-4096 key has some 720 characters. The decoder's time grows with the square: a millisecond for these. */
const CHARS_MAX = 800;

/** Multicodec names of the two kinds of key that actors list. */
const ED25519 = Buffer.from([0xed, 0x01]);
const RSA = Buffer.from([0x85, 0x24]);
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** The bytes of a multibase text in base58btc (`z…`); null for other bases, other characters, and longer texts. */
export function base58Bytes(multibase: string): Uint8Array | null {
  if (!multibase.startsWith('z') || multibase.length > CHARS_MAX) return null;
  const bytes: number[] = [];
  for (const character of multibase.slice(1)) {
    let carry = ALPHABET.indexOf(character);
    if (carry < 0) return null;
    for (let index = 0; index < bytes.length; index += 1) {
      carry += (bytes[index] ?? 0) * 58;
      bytes[index] = carry & 0xff;
      carry >>= 8;
    }
    for (; carry > 0; carry >>= 8) bytes.push(carry & 0xff);
  }
  const zeros = /^1*/.exec(multibase.slice(1))?.[0].length ?? 0;
  return Uint8Array.from([...Array.from({ length: zeros }, () => 0), ...bytes.reverse()]);
}

/**
 * A Multikey (FEP-521a) as PEM, the form that keys are stored and loaded in: Ed25519 as SPKI, RSA as PKCS#1. Whether the
 * key is a good one is asked when it is loaded.
 *
 * @returns null for other kinds (ML-DSA, P-256) and for what is no key
 */
export function pemOfMultikey(publicKeyMultibase: string): string | null {
  const bytes = base58Bytes(publicKeyMultibase);
  if (bytes === null) return null;
  const [codec, key] = [Buffer.from(bytes.subarray(0, 2)), Buffer.from(bytes.subarray(2))];
  if (codec.equals(ED25519)) return key.length === 32 ? pem('PUBLIC KEY', Buffer.concat([ED25519_SPKI, key])) : null;
  return codec.equals(RSA) && key.length > 0 ? pem('RSA PUBLIC KEY', key) : null;
}

const pem = (label: string, der: Buffer): string => `-----BEGIN ${label}-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;
