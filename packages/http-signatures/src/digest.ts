import { hash, timingSafeEqual } from 'node:crypto';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { SignatureFailure } from './types.js';

const sha256 = (body: Uint8Array): Buffer => hash('sha256', body, 'buffer');

/**
 * The Digest header (RFC 3230) of a body: `SHA-256=<base64>`. The name is in upper case, since Threads answers
 * 404 to a lower-case one and PeerTube compares byte for byte.
 */
export const digestOf = (body: Uint8Array): string => `SHA-256=${sha256(body).toString('base64')}`;

/**
 * Whether a Digest header fits the raw bytes that came; never pass re-serialised JSON, since Rails writes `<` as
 * `\u003c`. The algorithm's name is read in any case (Fedify sends it in lower case). Exactly one digest
 * is taken: two of them are a way to show two readers two bodies.
 *
 * @returns `malformed_digest`, `unsupported_algorithm` (not SHA-256) or `digest_mismatch`
 */
export function verifyDigest(header: string, body: Uint8Array): Result<true, SignatureFailure> {
  const match = /^\s*([A-Za-z0-9-]{1,20})=([A-Za-z0-9+/]{1,128}={0,2})\s*$/.exec(header.slice(0, 256));
  if (match === null) return fail({ code: 'malformed_digest' });

  const [, algorithm = '', value = ''] = match;
  if (algorithm.toLowerCase() !== 'sha-256') return fail({ code: 'unsupported_algorithm' });

  const given = Buffer.from(value, 'base64');
  const computed = sha256(body);
  if (given.length !== computed.length) return fail({ code: 'malformed_digest' });
  return timingSafeEqual(given, computed) ? ok(true) : fail({ code: 'digest_mismatch' });
}
