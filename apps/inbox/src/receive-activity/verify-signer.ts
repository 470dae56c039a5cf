import { keyHost, readRequestSignature, verifyRequestDigest, verifyRequestSignature, type RequestHeaders, type RequestSignature } from '@trunkline/http-signatures';
import { ok, type Clock, type Result } from '@trunkline/kernel';
import type { KeyBook, SigningKey } from '@trunkline/social';
import { badSignature, noKey, type Refusal } from './refusals.js';

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
  readonly parsed: RequestSignature;
  /** Lower-case punycode, with a port if it is not the scheme's own. */
  readonly keyHost: string;
}

/** Where peers reach us, whatever a proxy calls us. */
export interface OwnAddresses {
  readonly clock: Clock;
  readonly hosts: readonly string[];
  /** The same with their scheme, e.g. `https://social.example`. */
  readonly origins: readonly string[];
}

/** Reads the signature, of whichever scheme, and compares the digest that it covers. */
export function readSignature({ clock, hosts, origins }: OwnAddresses, post: SignedPost): Result<ReadSignature, Refusal> {
  const parsed = readRequestSignature({ method: 'POST', path: post.path, headers: post.headers }, { nowMs: clock.nowMs(), hosts, origins });
  if (!parsed.ok) return badSignature(parsed.error);
  const host = keyHost(parsed.value.keyId);
  if (host === null) return badSignature({ code: 'bad_key_id' });
  const digest = verifyRequestDigest(parsed.value, post.headers, post.body);
  return digest.ok ? ok({ parsed: parsed.value, keyHost: host }) : badSignature(digest.error);
}

/** Whose key made the signature. `isProven`: the request came from where good ones of that domain came from. */
export async function verifySigner(keys: Pick<KeyBook, 'findFitting'>, { parsed }: ReadSignature, isProven: boolean): Promise<Result<SigningKey, Refusal>> {
  const found = await keys.findFitting(parsed.keyId, (key) => verifyRequestSignature(parsed, key), { proven: isProven });
  return found.ok ? found : noKey(found.error);
}
