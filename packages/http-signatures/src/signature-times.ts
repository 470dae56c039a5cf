import type { ParsedSignature, SignatureFailure, SignaturePolicy } from './types.js';

const MINUTE_MS = 60_000;
const MAX_AGE_MS = 12 * 60 * MINUTE_MS;
const MAX_AHEAD_MS = 60 * MINUTE_MS;

/** IMF-fixdate and the obsolete forms of RFC 9110 §5.6.7: what `Date.parse` takes beyond them is no HTTP date. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/** `null` when absent, `NaN` when it is no whole number of seconds. */
export function readUnixSeconds(text: string | undefined): number | null {
  if (text === undefined) return null;
  return /^[0-9]{1,12}$/.test(text) ? Number(text) : Number.NaN;
}

/**
 * Both the Date header and `created` are checked where they are covered, since either alone could be replayed
 * with a fresh value of the other. The window is Mastodon's: 12 h old at most, 1 h of skew.
 */
export function checkTimes(
  parsed: Pick<ParsedSignature, 'headers' | 'created' | 'expires'>,
  date: string | undefined,
  policy: SignaturePolicy,
): SignatureFailure | null {
  const { nowMs, maxAgeMs = MAX_AGE_MS, maxAheadMs = MAX_AHEAD_MS } = policy;
  const signedAtMs: number[] = [];
  if (parsed.headers.includes('date')) {
    const text = (date ?? '').trim();
    signedAtMs.push(HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN);
  }
  if (parsed.created !== null) signedAtMs.push(parsed.created * 1000);

  const inWindow = (atMs: number): boolean => atMs >= nowMs - maxAgeMs && atMs <= nowMs + maxAheadMs;
  if (signedAtMs.some(Number.isNaN)) return { code: 'malformed_signature', context: { header: 'date' } };
  if (!signedAtMs.every(inWindow)) return { code: 'clock_skew', context: { signedAtMs } };
  if (parsed.expires !== null && parsed.expires * 1000 < nowMs - maxAheadMs) return { code: 'clock_skew', context: { expires: parsed.expires } };
  return null;
}
