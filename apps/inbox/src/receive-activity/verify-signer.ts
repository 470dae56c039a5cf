import { keyHost, parseSignature, verifyDigest, verifySignature, type ParsedSignature, type RequestHeaders } from '@trunkline/http-signatures';
import { ok, type Clock, type Result } from '@trunkline/kernel';
import type { KeyBook, SigningKey } from './key-book.js';
import { badSignature, noKey, unauthorized, type Refusal } from './refusals.js';

/** A POST as its signature covers it. */
export interface SignedPost {
  /** Path and query as they came. */
  readonly path: string;
  /** From `headersFromRaw`, so that doubled headers show. */
  readonly headers: RequestHeaders;
  /** The bytes as they came. */
  readonly body: Uint8Array;
}

/** A signature in which everything that needs no key is right. */
export interface ReadSignature {
  readonly parsed: ParsedSignature;
  /** Lower-case punycode, with a port if it is not the scheme's own. */
  readonly keyHost: string;
}

/**
 * Reads the signature and compares the digest. Draft-cavage alone: a request with `Signature-Input` (RFC 9421) is
 * answered 401, on which its sender knocks with the other scheme; its reader joins here.
 */
export function readSignature(
  ports: { readonly clock: Clock; readonly hosts: readonly string[] },
  post: SignedPost,
): Result<ReadSignature, Refusal> {
  const parsed = parseSignature({ method: 'POST', path: post.path, headers: post.headers }, { nowMs: ports.clock.nowMs(), hosts: ports.hosts });
  if (!parsed.ok) return badSignature(parsed.error);
  const host = keyHost(parsed.value.keyId);
  if (host === null) return badSignature({ code: 'bad_key_id' });
  // Coverage was checked: the header is there, once.
  const digest = verifyDigest(String(post.headers['digest'] ?? ''), post.body);
  return digest.ok ? ok({ parsed: parsed.value, keyHost: host }) : badSignature(digest.error);
}

/** Whose key made the signature; the key is read again once when it does not fit, since peers change theirs. */
export async function verifySigner(keys: Pick<KeyBook, 'find' | 'renew'>, { parsed }: ReadSignature): Promise<Result<SigningKey, Refusal>> {
  const found = await keys.find(parsed.keyId);
  if (!found.ok) return noKey(found.error);
  if (verifySignature(parsed, found.value.key)) return found;
  const renewed = found.value.isFresh ? null : await keys.renew(found.value);
  if (renewed?.ok === true && verifySignature(parsed, renewed.value.key)) return renewed;
  return unauthorized('bad_signature');
}
