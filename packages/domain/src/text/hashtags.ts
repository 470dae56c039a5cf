// Signs that may stand inside a hashtag, never at its ends: middle dot, katakana middle dot, zero-width non-joiner.
const INNER = '\u00B7\u30FB\u200C';
const RUN = new RegExp(`[\\p{L}\\p{M}\\p{Nd}\\p{Pc}][\\p{L}\\p{M}\\p{Nd}\\p{Pc}${INNER}]*`, 'uy');
const NOT_NAME = new RegExp(`[^\\p{L}\\p{M}\\p{Nd}\\p{Pc}${INNER}]`, 'gu');

/** The hashtag's name that begins at `at` (after the `#`), as typed, or `null`. Digits alone make no hashtag. */
export function hashtagAt(text: string, at: number): string | null {
  const sticky = new RegExp(RUN);
  sticky.lastIndex = at;
  const run = sticky.exec(text)?.[0] ?? '';
  let end = run.length;
  while (end > 0 && INNER.includes(run[end - 1] ?? '')) end -= 1;
  const name = run.slice(0, end);
  return /[\p{Alphabetic}\u00B7\u30FB\u200C]/u.test(name) ? name : null;
}

/**
 * The one spelling under which a hashtag is stored, compared and looked up: NFKC, lower case, without `#` and
 * without signs that no hashtag holds. May be empty.
 * @see FEP-eb48
 */
export function normaliseHashtag(name: string): string {
  return name.replace(/^[#＃]/u, '').normalize('NFKC').toLowerCase().replace(NOT_NAME, '');
}

/** Whether the whole text, without `#`, is one hashtag. */
export const isHashtag = (name: string): boolean => name !== '' && hashtagAt(name, 0) === name;
