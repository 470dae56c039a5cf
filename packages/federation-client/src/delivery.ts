import { digestOf, signMessage, signPost } from '@trunkline/http-signatures';
import type { ClientParts } from './client-parts.js';
import type { DeliveryTarget, DeliveryTargets } from './delivery-targets.js';
import { failureOf } from './request-error.js';
import type { FetchFailure } from './fetch-failure.js';
import { judgeResponse } from './judge-response.js';
import { knockUntilTaken, type Knock } from './knock-until-taken.js';
import { ACTIVITY_JSON } from './media-type.js';
import { PostAnswer, type AnswerHead } from './post-answer.js';
import type { DeliveryOutcome, Letter, LetterSender } from './requests.js';

export interface DeliveryParts extends ClientParts {
  readonly targets: DeliveryTargets;
}

/** For a knock after slow ones. */
const KNOCK_MS_MIN = 1_000;

/** Everything about a letter that is the same for each inbox. */
interface Sealed extends Letter {
  readonly bytes: Buffer;
  readonly digest: string;
  readonly type: string;
  /** Of one inbox alone; signed as well. */
  readonly extra: Readonly<Record<string, string>>;
}

/** Signs one activity for one inbox after the other and POSTs it. Every outcome is a value; only bugs throw. */
export function senderOf(parts: DeliveryParts, letter: Letter): LetterSender {
  const bytes = typeof letter.body === 'string' ? Buffer.from(letter.body) : letter.body;
  const sealed: Sealed = { ...letter, bytes, digest: digestOf(bytes), type: letter.contentType ?? ACTIVITY_JSON, extra: {} };
  return (inbox, extra) => deliver(parts, extra === undefined ? sealed : { ...sealed, extra }, inbox);
}

async function deliver(parts: DeliveryParts, letter: Sealed, inbox: string): Promise<DeliveryOutcome> {
  const checked = parts.targets.of(inbox);
  if (!checked.ok) return outcomeOf(checked.error);
  const target = checked.value;
  if (parts.isHostBlocked(target.host)) return { kind: 'refused', reason: 'blocked_domain' };

  const startedMs = performance.now();
  const outcome = await send(parts, letter, target);
  parts.observer.delivered?.({ host: target.host, kind: outcome.kind, reason: outcome.reason, durationMs: performance.now() - startedMs });
  return outcome;
}

async function send(parts: DeliveryParts, letter: Sealed, target: DeliveryTarget): Promise<DeliveryOutcome> {
  // Their time runs from here: waiting for a signature or for a connection counts, and later knocks have what is left.
  const endsMs = performance.now() + parts.limits.deliverTotalTimeoutMs;
  try {
    const { first, last } = await knockUntilTaken(parts.schemes, {
      host: target.host,
      knock: (how) => post(parts, letter, target, how, Math.max(endsMs - performance.now(), KNOCK_MS_MIN)),
      heard: (answer) => answer,
      drop: async () => undefined,
      firstProves: true,
    });
    const { status, retryAfter } = saysMore(last.status) ? last : first;
    return judgeResponse(status, retryAfter, parts.nowMs());
  } catch (error) {
    return outcomeOf(failureOf(error));
  }
}

/** Answers of somebody who looked behind the signature, or who is in no state to look. */
const saysMore = (status: number): boolean => (status >= 200 && status < 300) || [404, 410, 429, 503].includes(status);

async function post(parts: DeliveryParts, letter: Sealed, target: DeliveryTarget, how: Knock, timeoutMs: number): Promise<AnswerHead> {
  const answer = new PostAnswer(timeoutMs);
  try {
    const headers = how.scheme === 'cavage' ? await cavageHeaders(parts, letter, target) : await messageHeaders(parts, letter, target, how);
    // The answer bounds the time, so that undici need not.
    parts.pools.at(target).dispatch({ method: 'POST', path: target.path, headers, body: letter.bytes, headersTimeout: 0, bodyTimeout: 0 }, answer);
    return await answer.settled;
  } finally {
    answer.forget();
  }
}

async function cavageHeaders(parts: DeliveryParts, { keyId, privateKey, digest, type, extra }: Sealed, target: DeliveryTarget): Promise<string[]> {
  const date = new Date(parts.nowMs()).toUTCString();
  const signature = await signPost({ host: target.host, target: target.path, date, digest, contentType: type, extra, keyId, privateKey });
  const headers = ['host', target.host, 'date', date, 'digest', digest, 'content-type', type, 'user-agent', parts.userAgent, 'signature', signature];
  for (const name of Object.keys(extra)) headers.push(name, extra[name] ?? '');
  return headers;
}

async function messageHeaders(parts: DeliveryParts, { keyId, privateKey, bytes, type, extra }: Sealed, target: DeliveryTarget, { challenge }: Knock): Promise<string[]> {
  const headers = { 'Content-Type': type, 'User-Agent': parts.userAgent, ...extra };
  const url = target.origin + target.path;
  const signed = await signMessage({ method: 'POST', url, headers, alsoCovered: Object.keys(extra), body: bytes, keyId, privateKey, date: new Date(parts.nowMs()), challenge });
  return Object.entries(signed).flat();
}

/** Without an answer: what we do not dial is final, everything else may be better later. */
function outcomeOf(failure: FetchFailure): DeliveryOutcome {
  const detail = String(failure.context?.['system'] ?? failure.context?.['why'] ?? '') || undefined;
  switch (failure.code) {
    case 'bad_url':
    case 'blocked_address':
    case 'blocked_domain':
      return { kind: 'refused', reason: failure.code, detail };
    case 'timeout':
    case 'closed':
      return { kind: 'retry', reason: failure.code, detail };
    default:
      return { kind: 'retry', reason: 'network', detail };
  }
}
