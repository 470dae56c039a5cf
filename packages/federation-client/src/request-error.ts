import { fail, type Result } from '@trunkline/kernel';
import { causesOf, codeOf } from './error-code.js';
import type { FetchFailure, FetchFailureCode } from './fetch-failure.js';

/** The abort reason of a request that used up its total time. */
export class TotalTimeoutError extends Error {
  readonly code = 'ERR_TOTAL_TIMEOUT';
}

const CODES: Readonly<Record<string, FetchFailureCode>> = {
  ERR_BLOCKED_ADDRESS: 'blocked_address',
  ERR_TOTAL_TIMEOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
  UND_ERR_CLOSED: 'closed',
  UND_ERR_DESTROYED: 'closed',
};
/** Calls that undici or Node refuse are bugs of ours, not the network's. */
const BUG = /^(?:UND_ERR_INVALID|UND_ERR_NOT_SUPPORTED|UND_ERR_REQ_CONTENT|ERR_INVALID|ERR_OSSL|ERR_CRYPTO)/;

/**
 * What a thrown error says about the peer: `blocked_address`, `timeout`, `closed` or `network` (DNS, TCP, TLS
 * and protocol errors; the system's code is in the context).
 * @throws the error itself when it is a bug
 */
export function failureOf(error: unknown): FetchFailure {
  const code = codeOf(error);
  if (code === null || BUG.test(code)) throw error;
  const known = causesOf(error).map((cause) => CODES[codeOf(cause) ?? '']).find((one) => one !== undefined);
  return { code: known ?? 'network', context: { system: code } };
}

/**
 * Runs `work` with a signal that fires after `totalMs`, and turns what it throws into a failure.
 * @throws bugs
 */
export async function withinTime<T>(
  totalMs: number,
  work: (signal: AbortSignal) => Promise<Result<T, FetchFailure>>,
): Promise<Result<T, FetchFailure>> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new TotalTimeoutError('total time used up')), totalMs);
  try {
    return await work(controller.signal);
  } catch (error) {
    return fail(failureOf(error));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Settles with the promise or with the signal, whichever comes first. undici heeds a signal only once the
 * request has a connection; until then a dead host would hold it beyond its time.
 */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
