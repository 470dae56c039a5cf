import type { KeyObject } from 'node:crypto';
import type { Failure } from '@trunkline/kernel';

/** How a request is signed: draft-cavage-12, which everybody takes, or RFC 9421. */
export type SignatureScheme = 'cavage' | 'rfc9421';

/**
 * Why a signature was refused. A closed set, so that it can label a metric.
 * Everything but `clock_skew` is the sender's fault for good; each is answered with 401, `malformed_content_digest` with 400.
 */
export type SignatureFailureCode =
  | 'missing_signature'
  | 'malformed_signature'
  | 'duplicate_header'
  | 'missing_header'
  | 'wrong_host'
  | 'malformed_digest'
  | 'malformed_content_digest'
  | 'digest_mismatch'
  | 'clock_skew'
  | 'unsupported_algorithm'
  | 'bad_key_id'
  | 'bad_key';

export type SignatureFailure = Failure<SignatureFailureCode>;

/** Header names in any case; an array means that the header came more than once. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An incoming request as far as a signature covers it. */
export interface SignedRequest {
  readonly method: string;
  /** The request target as it came: path and query string. */
  readonly path: string;
  /** Use `headersFromRaw`: Node's own `headers` object hides that Host or Date came twice. */
  readonly headers: RequestHeaders;
}

/** When and where a signature is good. */
export interface SignaturePolicy {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** How old a signature may be; default 12 h, as Mastodon takes. */
  readonly maxAgeMs?: number;
  /** How far ahead the sender's clock may be, and how late an `expires` still counts; default 1 h. */
  readonly maxAheadMs?: number;
  /** Hosts (with port if not 80 or 443) that the Host header may name; absent: the caller has checked. */
  readonly hosts?: readonly string[];
}

/** The algorithm parameter after its defaults: a missing one means `hs2019`, which means "look at the key". */
export type SignatureAlgorithm = 'rsa-sha256' | 'hs2019';

/** A signature that passed every rule which needs no key. */
export interface ParsedSignature {
  readonly scheme: 'cavage';
  /** An http(s) URL as the sender wrote it. */
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  /** Names covered, lower case, in the sender's order. */
  readonly headers: readonly string[];
  readonly signature: Uint8Array;
  /** What may have been signed: with the query string and, if there is one, without (older senders). */
  readonly signingStrings: readonly string[];
  /** Unix seconds; only ever set with `hs2019`. */
  readonly created: number | null;
  /** Unix seconds; only ever set with `hs2019`. */
  readonly expires: number | null;
}

export interface RequestToSign {
  readonly method: 'GET' | 'POST';
  readonly url: string | URL;
  /** Sent as they are; Content-Type is covered when present. Host, Date, Digest and Signature are replaced. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Where peers find the public key, e.g. `https://a.example/ap/users/1#main-key`. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** When it is sent, not when it was queued: Misskey drops what is five minutes old. */
  readonly date: Date;
}

/** A POST with a body, its parts as they will stand on the wire. */
export interface PostToSign {
  /** With a port if it is not the scheme's own. */
  readonly host: string;
  /** Path and query. */
  readonly target: string;
  /** The Date header: when it is sent. */
  readonly date: string;
  /** The Digest header, from `digestOf`. */
  readonly digest: string;
  readonly contentType: string;
  /** Headers that only this request has, by lower-case name: covered too. */
  readonly extra?: Readonly<Record<string, string>>;
  readonly keyId: string;
  readonly privateKey: KeyObject;
}
