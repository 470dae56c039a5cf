import type { SignatureFailure } from '@trunkline/http-signatures';
import { fail } from '@trunkline/kernel';
import type { KeyFailure } from '@trunkline/social';

/** Why a request got no 202. `code` is for logs and the metric's `reason`, `safe` for the sender. */
export interface Refusal {
  readonly code: string;
  readonly status: 400 | 401 | 403 | 404 | 410 | 415 | 429 | 503;
  readonly safe: string;
  readonly retryAfterSeconds?: number;
}

export const refuse = (status: Refusal['status'], code: string, safe: string, retryAfterSeconds?: number) =>
  fail<Refusal>({ code, status, safe, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });

const RETRY_SOON_SECONDS = 5;
const RETRY_LATER_SECONDS = 60;

/** Spread, or all would be back in the same second. */
const backLater = (): number => RETRY_LATER_SECONDS + Math.floor(RETRY_LATER_SECONDS * Math.random());

export const backlogFull = () => refuse(503, 'backlog_full', 'Too much waits to be worked on', backLater());
export const overloaded = () => refuse(503, 'overloaded', 'Too many requests are being worked on', RETRY_SOON_SECONDS);
export const throttled = () => refuse(429, 'throttled', 'Too many requests of this domain are being worked on', RETRY_SOON_SECONDS);
/** Its day ends at midnight UTC; whoever asks hourly finds that out early enough. */
export const keptEnough = () => refuse(429, 'kept_enough', 'Your domain sent as much as is kept of it in a day', 30 * backLater());
export const blocked = () => refuse(403, 'blocked_domain', 'This server does not federate with yours');

/** 401 to a bad signature, never anything else: senders that speak two schemes try the other one on it. */
export const unauthorized = (code: string, safe = 'The request signature is not valid') => refuse(401, code, safe);

const SIGNATURE_TEXTS: Partial<Record<SignatureFailure['code'], string>> = {
  missing_signature: 'The request is not signed',
  missing_header: 'The signature does not cover the method, the whole target, its time and the digest of the body',
  wrong_host: 'The Host header names another server',
  digest_mismatch: 'The Digest header does not fit the body',
  clock_skew: 'The signed time lies too far from now',
  unsupported_algorithm: 'The signature algorithm is not supported',
  bad_key_id: 'The keyId is not an http(s) URL that can be fetched',
};

export const badSignature = (failure: SignatureFailure) =>
  // As Mastodon answers it; senders of both schemes take either code for the same.
  failure.code === 'malformed_content_digest' ? refuse(400, failure.code, 'The Content-Digest header cannot be read') : unauthorized(failure.code, SIGNATURE_TEXTS[failure.code]);

/** A key host that is away is no fault of the signature: the sender is asked to come again. */
export function noKey(failure: KeyFailure) {
  switch (failure.code) {
    case 'blocked_domain':
      return blocked();
    case 'unreachable':
    case 'busy':
      return refuse(503, `key_${failure.code}`, 'The public key could not be fetched', RETRY_LATER_SECONDS);
    case 'throttled':
      return refuse(429, 'key_throttled', 'Too many unknown keys of this domain', RETRY_LATER_SECONDS);
    case 'does_not_fit':
      return unauthorized('bad_signature');
    default:
      return unauthorized(`key_${failure.code}`, 'The public key could not be found');
  }
}
