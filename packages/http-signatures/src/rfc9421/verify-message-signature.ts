import { constants, verify, type KeyObject } from 'node:crypto';
import type { MessageAlgorithm, ParsedMessageSignature } from './types.js';

/**
 * Whether the key made the signature. The algorithm must be one of the key's type; without one an RSA key means
 * rsa-v1_5-sha256, as Mastodon and Fedify sign. Synchronous: see `verifySignature`.
 */
export function verifyMessageSignature({ algorithm, signature, signatureBase }: Pick<ParsedMessageSignature, 'algorithm' | 'signature' | 'signatureBase'>, publicKey: KeyObject): boolean {
  const own = algorithmsOf(publicKey);
  const chosen = algorithm ?? own[0];
  if (chosen === undefined || !own.includes(chosen) || !isInItsOneSpelling(signature, publicKey)) return false;
  const data = Buffer.from(signatureBase, 'utf8');
  switch (chosen) {
    case 'rsa-v1_5-sha256':
      return verify('sha256', data, publicKey, signature);
    case 'rsa-pss-sha512':
      return verify('sha512', data, { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }, signature);
    case 'ecdsa-p256-sha256':
      return verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
    case 'ed25519':
      return verify(null, data, publicKey, signature);
  }
}

/** What a key of this type may have signed with, the usual one first. */
function algorithmsOf(key: KeyObject): readonly MessageAlgorithm[] {
  if (key.asymmetricKeyType === 'rsa') return ['rsa-v1_5-sha256', 'rsa-pss-sha512'];
  if (key.asymmetricKeyType === 'rsa-pss') return ['rsa-pss-sha512'];
  if (key.asymmetricKeyType === 'ed25519') return ['ed25519'];
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? ['ecdsa-p256-sha256'] : [];
}

/**
 * An RSA signature is as long as the modulus (RFC 8017 §8.1.2, §8.2.2). OpenSSL also takes a PSS one without the zeros at its beginning: a second
 * spelling of the same signature, by which a request could be sent again that is taken once.
 */
function isInItsOneSpelling(signature: Uint8Array, { asymmetricKeyDetails }: KeyObject): boolean {
  const bits = asymmetricKeyDetails?.modulusLength;
  return bits === undefined || signature.length === Math.ceil(bits / 8);
}
