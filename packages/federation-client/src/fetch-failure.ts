import type { Failure } from '@trunkline/kernel';

/**
 * Why a fetch failed: few enough values for a metric label.
 * - `bad_url`: no absolute http(s) URL, or one with a user, password or trailing dot
 * - `blocked_address`: scheme, port, name or address that we do not dial
 * - `blocked_domain`: refused by the domain rules
 * - `busy`: too many fetches wait already; `closed`: the client is shutting down
 * - `gone` is 410 and `not_found` 404; other refusals are `http_4xx` and `http_5xx`
 * - `id_mismatch`: the document's id is not the address it was served from
 * - `webfinger_mismatch`: handle and actor do not name each other
 */
export type FetchFailureCode =
  | 'bad_url'
  | 'blocked_address'
  | 'blocked_domain'
  | 'busy'
  | 'closed'
  | 'timeout'
  | 'too_large'
  | 'bad_type'
  | 'bad_json'
  | 'redirects'
  | 'gone'
  | 'not_found'
  | 'http_4xx'
  | 'http_5xx'
  | 'network'
  | 'id_mismatch'
  | 'webfinger_mismatch';

/** `context` (URL, status, system error code) goes to the log only. */
export interface FetchFailure extends Failure<FetchFailureCode> {
  /** The HTTP status, when there was an answer. */
  readonly status?: number;
  /** From the Retry-After header, bounded as for deliveries. */
  readonly retryAfterMs?: number;
}

const TRANSIENT: ReadonlySet<FetchFailureCode> = new Set(['busy', 'closed', 'timeout', 'http_5xx', 'network']);

/** Whether asking again later may help. 408, 425 and 429 count, though they are `http_4xx`. */
export function isTransient(failure: FetchFailure): boolean {
  if (TRANSIENT.has(failure.code)) return true;
  return failure.status === 408 || failure.status === 425 || failure.status === 429;
}
