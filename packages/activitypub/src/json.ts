/** A JSON object after `cleanDocument`: every value is plain data. */
export type JsonObject = { readonly [key: string]: unknown };

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * An own member, never one of a prototype: `constructor` is undefined unless a sender wrote it. Read first, since most
 * members that are asked for are absent, and asking who owns them costs more.
 */
export function member(object: JsonObject, key: string): unknown {
  const value = object[key];
  return value === undefined || Object.hasOwn(object, key) ? value : undefined;
}

/** ActivityStreams lets one value stand for a list of one; null and absent are an empty list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The text, or the first text of a list; cut at `charsMax`; null for everything else. */
export function textOf(value: unknown, charsMax: number): string | null {
  const first = listOf(value).find((entry) => typeof entry === 'string');
  return typeof first === 'string' ? cutText(first, charsMax) : null;
}

/** At most `charsMax` UTF-16 units, without half a surrogate pair at the end. */
const cutText = (text: string, charsMax: number): string =>
  text.length <= charsMax ? text : text.slice(0, charsMax).toWellFormed().replace(/\uFFFD$/, '');

/** A non-negative whole number up to `max`, also written as a string; null for everything else. */
export function countOf(value: unknown, max = Number.MAX_SAFE_INTEGER): number | null {
  const number = typeof value === 'string' && /^[0-9]{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= max ? number : null;
}

/** Servers write `"true"` now and then (seen in Pleroma's captures). */
export const flagOf = (value: unknown): boolean => value === true || value === 'true';
