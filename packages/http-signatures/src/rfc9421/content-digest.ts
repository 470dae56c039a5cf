import { createHash, timingSafeEqual } from 'node:crypto';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { SignatureFailure } from '../types.js';
import { isInnerList, parseDictionary } from './structured-fields.js';

const HASHES: ReadonlyMap<string, string> = new Map([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
]);

/** The Content-Digest header (RFC 9530) of a body. */
export const contentDigestOf = (body: Uint8Array): string => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

/**
 * Whether a Content-Digest header fits the raw bytes that came. Every digest in it that is known must fit, so that two
 * readers cannot be shown two bodies; unknown ones are passed over when a known one stands beside them.
 *
 * @returns `malformed_digest` (Mastodon answers it with 400), `unsupported_algorithm` when none is known, or `digest_mismatch`
 */
export function verifyContentDigest(header: string, body: Uint8Array): Result<true, SignatureFailure> {
  const digests = parseDictionary(header);
  if (digests === null) return fail({ code: 'malformed_digest' });
  const known = [...digests].filter(([name]) => HASHES.has(name));
  if (known.length === 0) return fail({ code: 'unsupported_algorithm' });
  for (const [name, member] of known) {
    if (isInnerList(member) || !(member.value instanceof Uint8Array)) return fail({ code: 'malformed_digest' });
    const computed = createHash(HASHES.get(name) ?? 'sha256').update(body).digest();
    if (member.value.length !== computed.length) return fail({ code: 'malformed_digest' });
    if (!timingSafeEqual(member.value, computed)) return fail({ code: 'digest_mismatch' });
  }
  return ok(true);
}
