import { LIMITS } from '../limits.js';

/** Some milliseconds of the event loop's time; a post has a few hundred. */
const VALUES_MAX = 20_000;

/**
 * A JSON value in the one spelling of RFC 8785 (JCS), which signatures over JSON are made of: keys by UTF-16 code units,
 * numbers and strings as ECMAScript writes them. Fifteen lines instead of `canonicalize` 2.1 or `json-canon` 1.0, which
 * call `toJSON` members of what a stranger sent and know no depth.
 *
 * @returns null for what has no canonical form: half surrogates, infinities, more than `LIMITS.depth` levels or 20,000 values
 */
export function canonicalJson(value: unknown): string | null {
  try {
    return write(value, 0, { left: VALUES_MAX });
  } catch (error) {
    if (error instanceof NotCanonical) return null;
    throw error;
  }
}

class NotCanonical extends Error {}

function write(value: unknown, depth: number, budget: { left: number }): string {
  budget.left -= 1;
  if (depth > LIMITS.depth || budget.left < 0) throw new NotCanonical();
  if (typeof value === 'string' && !value.isWellFormed()) throw new NotCanonical();
  if (typeof value === 'number' && !Number.isFinite(value)) throw new NotCanonical();
  if (Array.isArray(value)) return `[${value.map((entry) => write(entry, depth + 1, budget)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, entry]) => `${write(key, depth + 1, budget)}:${write(entry, depth + 1, budget)}`).join(',')}}`;
  }
  const written = JSON.stringify(value) as string | undefined;
  if (written === undefined) throw new NotCanonical();
  return written;
}
