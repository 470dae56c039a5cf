import { fail, ok, type Result } from '@trunkline/kernel';
import { isJsonObject, listOf, member, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import type { ReadFailure, ReadFailureCode } from './types.js';

/** Keys that reach into a prototype when a later hand copies them carelessly. */
const POLLUTING = new Set(['__proto__', 'constructor', 'prototype']);

/** JSON-LD keywords that let one document say two things to two readers. Mastodon refuses them as well. */
const SMUGGLING = new Set(['@graph', '@included', '@reverse']);

const AS2_CONTEXT = 'https://www.w3.org/ns/activitystreams';

/**
 * A copy of a parsed JSON document that is safe to read, copy and store: without prototype keys and NULs (which
 * Postgres refuses), with whole surrogate pairs, with null for infinities, and no deeper than `LIMITS.depth`.
 *
 * @returns `not_an_object`, `too_deep`, `too_large`, or `forbidden_keyword` for @graph, @included, @reverse
 */
export function cleanDocument(json: unknown): Result<JsonObject, ReadFailure> {
  const state: CleanState = { values: 0, refused: null };
  const clean = cleanValue(json, 0, state);
  if (state.refused !== null) return fail({ code: state.refused });
  return isJsonObject(clean) ? ok(clean) : fail({ code: 'not_an_object' });
}

interface CleanState {
  values: number;
  refused: ReadFailureCode | null;
}

function cleanValue(value: unknown, depth: number, state: CleanState): unknown {
  if (typeof value === 'string') return value.replaceAll('\u0000', '').toWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' ? value : null;

  const entries = Array.isArray(value) ? [] : Object.entries(value).map(([key, entry]) => [key.replaceAll('\u0000', ''), entry] as const);
  state.values += 1 + (Array.isArray(value) ? value.length : entries.length);
  if (depth >= LIMITS.depth) state.refused ??= 'too_deep';
  if (state.values > LIMITS.values) state.refused ??= 'too_large';
  if (entries.some(([key]) => SMUGGLING.has(key))) state.refused ??= 'forbidden_keyword';
  if (state.refused !== null) return null;

  if (Array.isArray(value)) return value.map((entry) => cleanValue(entry, depth + 1, state));
  const kept = entries.filter(([key]) => !POLLUTING.has(key));
  return Object.fromEntries(kept.map(([key, entry]) => [key, cleanValue(entry, depth + 1, state)]));
}

/** Whether the document's @context names ActivityStreams, alone or in a list. */
export const hasContext = (json: JsonObject): boolean =>
  listOf(member(json, '@context')).some((entry) => typeof entry === 'string' && entry.replace(/^http:/, 'https:').replace(/#$/, '') === AS2_CONTEXT);

/** The types of an object, without `as:` or the full namespace before them. */
export const typesOf = (json: JsonObject): readonly string[] =>
  listOf(member(json, 'type'))
    .filter((type) => typeof type === 'string')
    .slice(0, LIMITS.links)
    .map((type) => type.replace(/^(?:as:|https?:\/\/www\.w3\.org\/ns\/activitystreams#)/, '').slice(0, 100));

/**
 * A date as ISO 8601 UTC, or null when it is none or lies outside the years 0 to 9999. Reads `+0000`
 * without a colon (Threads) and `+00`; a time without a zone is UTC, a day without a time begins.
 */
export function dateOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const match = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?([Zz]|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/.exec(value.trim());
  if (match === null) return null;

  const [, day, time = '00:00', given = 'Z'] = match;
  const zone = given.replace(/^(?:z|UTC)$/, 'Z').replace(/^([+-]\d{2}):?(\d{2})?$/, (_all, hours: string, minutes = '00') => `${hours}:${minutes}`);
  const date = new Date(`${day}T${time}${zone}`);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999 ? date.toISOString() : null;
}
