import { createPublicKey, type KeyObject } from 'node:crypto';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { SignatureFailure } from './types.js';

const PEM_CHARS_MAX = 16_384;
const RSA_BITS_MIN = 1024;
/** A larger modulus costs the verifier more than it gives anybody. */
const RSA_BITS_MAX = 8192;
const RSA_EXPONENT_MAX = 0xffff_ffffn;

const PEM = /-----BEGIN ((?:RSA )?PUBLIC KEY)-----([A-Za-z0-9+/=\s]+)-----END \1-----/;

function loadKey(pem: string): KeyObject | null {
  const match = PEM.exec(pem.slice(0, PEM_CHARS_MAX));
  if (match === null) return null;

  // Some servers send spaces, or nothing, where the newlines belong: only the DER inside counts.
  const key = Buffer.from((match[2] ?? '').replace(/\s+/g, ''), 'base64');
  try {
    return createPublicKey({ key, format: 'der', type: match[1] === 'PUBLIC KEY' ? 'spki' : 'pkcs1' });
  } catch {
    return null;
  }
}

/**
 * The public key of an actor document. Takes SPKI (`PUBLIC KEY`) and PKCS#1 (`RSA PUBLIC KEY`), with any
 * white space for newlines; RSA of 1024 to 8192 bits, or Ed25519.
 *
 * @returns `bad_key` for everything else, private keys included
 */
export function parsePublicKeyPem(pem: string): Result<KeyObject, SignatureFailure> {
  const key = loadKey(pem);
  if (key?.asymmetricKeyType === 'ed25519') return ok(key);
  if (key?.asymmetricKeyType !== 'rsa') return fail({ code: 'bad_key' });

  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const sizeFits = modulusLength >= RSA_BITS_MIN && modulusLength <= RSA_BITS_MAX;
  const exponentFits = publicExponent >= 3n && publicExponent <= RSA_EXPONENT_MAX && publicExponent % 2n === 1n;
  return sizeFits && exponentFits ? ok(key) : fail({ code: 'bad_key', context: { modulusLength } });
}
