const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** An RSA-4096 key has some 720 characters. */
const CHARS_MAX = 800;
/** As many digits as a number holds exactly: an actor may list twenty keys, and digit by digit each would cost a millisecond. */
const DIGITS_AT_ONCE = 9;
const PART = 58n ** BigInt(DIGITS_AT_ONCE);
const BASE58 = /^[1-9A-HJ-NP-Za-km-z]*$/;

/** Multicodec names of the two kinds of key that actors list. */
const ED25519 = Buffer.from([0xed, 0x01]);
const RSA = Buffer.from([0x85, 0x24]);
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Bytes as a multibase text in base58btc (`z…`). */
export function multibaseOf(bytes: Uint8Array): string {
  const filled = bytes.findIndex((byte) => byte !== 0);
  const zeros = filled < 0 ? bytes.length : filled;
  let number = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  while (number > 0n) {
    let part = Number(number % PART);
    number /= PART;
    // All of its digits, but of the last part no zeros before the first.
    for (let digit = 0; digit < DIGITS_AT_ONCE && (number > 0n || part > 0); digit += 1) {
      text = `${ALPHABET[part % 58]}${text}`;
      part = Math.floor(part / 58);
    }
  }
  return `z${'1'.repeat(zeros)}${text}`;
}

/** The bytes of a multibase text in base58btc (`z…`); null for other bases, other characters, and longer texts. */
export function base58Bytes(multibase: string): Uint8Array | null {
  const text = multibase.slice(1);
  if (!multibase.startsWith('z') || multibase.length > CHARS_MAX || !BASE58.test(text)) return null;
  let number = 0n;
  for (let at = 0; at < text.length; at += DIGITS_AT_ONCE) {
    const digits = text.slice(at, at + DIGITS_AT_ONCE);
    let part = 0;
    for (const digit of digits) part = part * 58 + ALPHABET.indexOf(digit);
    number = number * 58n ** BigInt(digits.length) + BigInt(part);
  }
  const hex = number === 0n ? '' : number.toString(16);
  const zeros = /^1*/.exec(text)?.[0].length ?? 0;
  return Uint8Array.from([...new Uint8Array(zeros), ...Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')]);
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

/** An Ed25519 key in PEM (SPKI), as `publicKeyMultibase` (FEP-521a). @throws TypeError for any other key: ours are all of this kind */
export function multikeyOfPem(publicKeyPem: string): string {
  const der = Buffer.from(publicKeyPem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  const [prefix, key] = [der.subarray(0, ED25519_SPKI.length), der.subarray(ED25519_SPKI.length)];
  if (!prefix.equals(ED25519_SPKI) || key.length !== 32) throw new TypeError('needs an Ed25519 public key');
  return multibaseOf(Buffer.concat([ED25519, key]));
}

const pem = (label: string, der: Buffer): string => `-----BEGIN ${label}-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;
