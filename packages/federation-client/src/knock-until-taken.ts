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
  /** Called with an answer before the next knock. */
  readonly drop: (answer: T) => Promise<void>;
  /** A signature that was not looked at takes no scheme: documents that are open to all say nothing about it. */
  readonly firstProves: boolean;
  /** The other scheme is tried though the host refused both a while ago: that was about who signed. */
  readonly isUrgent?: boolean;
}

/** The first answer and the last, the same when there was no reason for another knock. */
export interface Knocked<T> {
  readonly first: T;
  readonly last: T;
}

/**
 * Sends signed the way that the host took last; when the answer may be about the signature, at once as the host asks for by
 * Accept-Signature, or the other way: three requests at most. What it took is remembered.
 */
export async function knockUntilTaken<T>(schemes: SignatureSchemes, { host, knock, heard, drop, firstProves, isUrgent = false }: Knocking<T>): Promise<Knocked<T>> {
  const tried: Knock[] = [{ scheme: schemes.first(host), challenge: null }];
  const first = await knock(last(tried));
  const { status } = heard(first);
  if (isTaken(status) && firstProves) schemes.took(host, last(tried).scheme);
  if (isTaken(status) || !(isUrgent ? isRefused(status) : schemes.mayTakeTheOther(host, status))) return { first, last: first };

  let answer = first;
  for (let next = nextKnock(tried, heard(answer)); next !== null; next = nextKnock(tried, heard(answer))) {
    tried.push(next);
    await drop(answer);
    answer = await knock(next);
  }
  if (isTaken(heard(answer).status)) schemes.took(host, last(tried).scheme);
  else if (!isUrgent && isRefused(heard(answer).status)) schemes.tookNeither(host);
  return { first, last: answer };
}

/** null: it was taken, means something else, or there is no other way. */
function nextKnock(tried: readonly Knock[], { status, acceptSignature }: Heard): Knock | null {
  if (!isRefused(status)) return null;
  const isAnswered = tried.some(({ challenge }) => challenge !== null);
  const challenge = acceptSignature === undefined || isAnswered ? null : readSignatureChallenge(acceptSignature);
  if (challenge !== null) return { scheme: 'rfc9421', challenge };
  const scheme = (['cavage', 'rfc9421'] as const).find((other) => tried.every((knock) => knock.scheme !== other));
  return scheme === undefined ? null : { scheme, challenge: null };
}

const last = (tried: readonly Knock[]): Knock => tried.at(-1) ?? { scheme: 'cavage', challenge: null };
const isTaken = (status: number): boolean => status >= 200 && status < 300;
const isRefused = (status: number): boolean => status === 400 || status === 401 || status === 403;
