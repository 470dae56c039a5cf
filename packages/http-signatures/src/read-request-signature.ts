import type { KeyObject } from 'node:crypto';
import { fail, type Result } from '@trunkline/kernel';
import { verifyDigest } from './digest.js';
import { parseSignature } from './parse-signature.js';
import { verifyContentDigest } from './rfc9421/content-digest.js';
import { hasMessageSignature, parseMessageSignature } from './rfc9421/parse-message-signature.js';
import type { ParsedMessageSignature } from './rfc9421/types.js';
import { verifyMessageSignature } from './rfc9421/verify-message-signature.js';
import type { ParsedSignature, RequestHeaders, SignatureFailure, SignaturePolicy, SignedRequest } from './types.js';
import { verifySignature } from './verify-signature.js';

/** A signature of either scheme that passed every rule which needs no key. */
export type RequestSignature = ParsedSignature | ParsedMessageSignature;

export interface RequestPolicy extends SignaturePolicy {
  readonly hosts: readonly string[];
  /** The same as addresses: see `MessagePolicy`. */
  readonly origins: readonly string[];
}

/**
 * Reads the signature of a request in whichever scheme it comes: RFC 9421 when there is a `Signature-Input`, else
 * draft-cavage-12. Callers then find the key and `verifyRequestSignature`, and for a body `verifyRequestDigest`.
 */
export function readRequestSignature(request: SignedRequest, policy: RequestPolicy): Result<RequestSignature, SignatureFailure> {
  return hasMessageSignature(request) ? parseMessageSignature(request, policy) : parseSignature(request, policy);
}

/** Whether the signature covers the whole header of this lower-case name. */
export const coversHeader = (signature: RequestSignature, name: string): boolean =>
  signature.scheme === 'cavage' ? signature.headers.includes(name) : signature.components.includes(`"${name}"`);

/** Whether the key made the signature. Synchronous: see `verifySignature`. */
export const verifyRequestSignature = (signature: RequestSignature, publicKey: KeyObject): boolean =>
  signature.scheme === 'cavage' ? verifySignature(signature, publicKey) : verifyMessageSignature(signature, publicKey);

/**
 * Whether the digest that the signature covers fits the raw bytes that came; that it is covered was checked when it was
 * read. Failures: those of `verifyDigest`, and `malformed_content_digest`.
 */
export function verifyRequestDigest({ scheme }: Pick<RequestSignature, 'scheme'>, headers: RequestHeaders, body: Uint8Array): Result<true, SignatureFailure> {
  if (scheme === 'cavage') return verifyDigest(String(headers['digest'] ?? ''), body);
  const verified = verifyContentDigest(String(headers['content-digest'] ?? ''), body);
  return !verified.ok && verified.error.code === 'malformed_digest' ? fail({ code: 'malformed_content_digest' }) : verified;
}
