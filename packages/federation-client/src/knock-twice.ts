import { readSignatureChallenge, type SignatureChallenge, type SignatureScheme } from '@trunkline/http-signatures';
import type { SignatureSchemes } from './signature-schemes.js';

/** How one request is signed. */
export interface Knock {
  readonly scheme: SignatureScheme;
  /** What the host asked for (RFC 9421 §5); only with `rfc9421`. */
  readonly challenge: SignatureChallenge | null;
}

export interface Heard {
  readonly status: number;
  /** The Accept-Signature header. */
  readonly acceptSignature: string | undefined;
}

export interface Knocking<T> {
  readonly host: string;
  readonly knock: (how: Knock) => Promise<T>;
  readonly heard: (answer: T) => Heard;
  /** Called with the first answer before the second knock. */
  readonly drop: (first: T) => Promise<void>;
  /** A signature that was not looked at takes no scheme: documents that are open to all say nothing about it. */
  readonly firstProves: boolean;
}

/** What both knocks met with. `second`: null when there was none. */
export interface Knocked<T> {
  readonly first: T;
  readonly second: T | null;
}

/**
 * Sends signed the way that the host took last and, when the answer may be about the signature, at once the other way (or
 * as the host asked for). What it took is remembered.
 */
export async function knockTwice<T>(schemes: SignatureSchemes, { host, knock, heard, drop, firstProves }: Knocking<T>): Promise<Knocked<T>> {
  const scheme = schemes.first(host);
  const first = await knock({ scheme, challenge: null });
  const { status, acceptSignature } = heard(first);
  if (isTaken(status)) {
    if (firstProves) schemes.took(host, scheme);
    return { first, second: null };
  }
  if (!schemes.mayTakeTheOther(host, status)) return { first, second: null };

  const challenge = acceptSignature === undefined ? null : readSignatureChallenge(acceptSignature);
  const other: Knock = challenge === null ? { scheme: scheme === 'cavage' ? 'rfc9421' : 'cavage', challenge } : { scheme: 'rfc9421', challenge };
  await drop(first);
  const second = await knock(other);
  if (isTaken(heard(second).status)) schemes.took(host, other.scheme);
  else if (isRefused(heard(second).status)) schemes.tookNeither(host);
  return { first, second };
}

const isTaken = (status: number): boolean => status >= 200 && status < 300;
const isRefused = (status: number): boolean => status === 400 || status === 401 || status === 403;
