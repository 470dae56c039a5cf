import type { DeliveryOutcome } from './requests.js';

const RETRY_AFTER_MIN_MS = 1_000;
const RETRY_AFTER_MAX_MS = 6 * 3_600_000;

/**
 * A Retry-After header (seconds, or a date) as a pause from now, between one second and six hours: a peer may
 * slow us down, not switch us off. `null` when there is none or it cannot be read.
 */
export function retryAfterMsOf(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  const isSeconds = /^\d{1,10}$/.test(text);
  // Only the forms of HTTP dates begin with a weekday; Date.parse alone would read "-1" as a year.
  const isDate = /^[A-Z][a-z]{2,8}, /.test(text) && text.length < 50;
  const ms = isSeconds ? Number(text) * 1_000 : isDate ? Date.parse(text) - nowMs : Number.NaN;
  return Number.isNaN(ms) ? null : Math.min(RETRY_AFTER_MAX_MS, Math.max(RETRY_AFTER_MIN_MS, ms));
}

/**
 * What an inbox's answer means for this delivery and its host (FEDERATION.md, Delivery).
 * @param retryAfter the Retry-After header
 */
export function judgeResponse(status: number, retryAfter: string | undefined, nowMs: number): DeliveryOutcome {
  if (status >= 200 && status < 300) return { kind: 'delivered', reason: 'accepted', status };
  // POST is not followed elsewhere: the actor document names the inbox, and refreshing it finds the new one.
  if (status < 400) return { kind: 'retry', reason: 'redirected', status };

  if (status === 429 || status === 503) {
    const retryAfterMs = retryAfterMsOf(retryAfter, nowMs);
    const reason = status === 429 ? 'throttled' : 'http_5xx';
    return retryAfterMs === null ? { kind: 'retry', reason, status } : { kind: 'pause', reason, status, retryAfterMs };
  }
  // Not final: the peer may hold an old key of ours, fail to fetch it, or want the other kind of signature.
  if (status === 401) return { kind: 'retry', reason: 'unauthorized', status };
  if (status === 408 || status === 425) return { kind: 'retry', reason: 'http_4xx', status };
  if (status === 410) return { kind: 'gone', reason: 'gone', status };
  // Lemmy answers 400 to whatever it cannot use; the same bytes will not please it later.
  if (status < 500) return { kind: 'refused', reason: 'http_4xx', status };
  return { kind: status === 501 ? 'refused' : 'retry', reason: 'http_5xx', status };
}
