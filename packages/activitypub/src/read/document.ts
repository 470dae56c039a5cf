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
 * A parsed JSON document that is safe to read, copy and store: without prototype keys and NULs (which
 * Postgres refuses), with whole surrogate pairs, with null for infinities, and no deeper than `LIMITS.depth`. What needs no
 * cleaning is given back as it came, not copied: a document is asked several times on its way.
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
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' ? value : null;
  if (depth >= LIMITS.depth) state.refused ??= 'too_deep';
  if (state.refused !== null) return null;
  return Array.isArray(value) ? cleanList(value, depth, state) : cleanObject(value as JsonObject, depth, state);
}

const cleanText = (text: string): string => (text.includes('\u0000') ? text.replaceAll('\u0000', '') : text).toWellFormed();

function cleanList(list: readonly unknown[], depth: number, state: CleanState): readonly unknown[] {
  if (isTooLarge(list.length, state)) return [];
  let clean: unknown[] | null = null;
  for (let at = 0; at < list.length; at += 1) {
    const value = cleanValue(list[at], depth + 1, state);
    if (clean === null && value !== list[at]) clean = list.slice(0, at);
    clean?.push(value);
  }
  return clean ?? list;
}

function cleanObject(object: JsonObject, depth: number, state: CleanState): JsonObject {
  const keys = Object.keys(object);
  if (isTooLarge(keys.length, state)) return {};
  let clean: Record<string, unknown> | null = null;
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? '';
    const name = key.includes('\u0000') ? key.replaceAll('\u0000', '') : key;
    if (SMUGGLING.has(name)) state.refused ??= 'forbidden_keyword';
    const isLeftOut = POLLUTING.has(name);
    const value = isLeftOut ? null : cleanValue(object[key], depth + 1, state);
    if (state.refused !== null) return {};
    if (clean === null && (isLeftOut || name !== key || value !== object[key])) clean = Object.fromEntries(keys.slice(0, at).map((before) => [before, object[before]]));
    if (clean !== null && !isLeftOut) clean[name] = value;
  }
  return clean ?? object;
}

function isTooLarge(length: number, state: CleanState): boolean {
  state.values += 1 + length;
  if (state.values > LIMITS.values) state.refused ??= 'too_large';
  return state.refused !== null;
}

/** Whether the document's @context names ActivityStreams, alone or in a list. */
export const hasContext = (json: JsonObject): boolean =>
  listOf(member(json, '@context')).some((entry) => typeof entry === 'string' && entry.replace(/^http:/, 'https:').replace(/#$/, '') === AS2_CONTEXT);

/** The types of an object, without `as:` or the full namespace before them. */
export const typesOf = (json: JsonObject): readonly string[] =>
  listOf(member(json, 'type'))
    .slice(0, LIMITS.links)
    .filter((type) => typeof type === 'string')
    .map((type) => type.replace(/^(?:as:|https?:\/\/www\.w3\.org\/ns\/activitystreams#)/, '').slice(0, 100));

const PLAIN_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/;

/**
 * A date as ISO 8601 UTC, or null when it is none or lies outside the years 1 to 9999 (Postgres knows no year 0). Reads `+0000`
 * without a colon (Threads) and `+00`; a time without a zone is UTC, a day without a time begins.
 */
export function dateOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // How nearly everybody writes it, and as it is given back.
  if (PLAIN_DATE.test(value)) return isoOf(value);
  const match = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?([Zz]|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/.exec(value.trim());
  if (match === null) return null;

  const [, day, time = '00:00', given = 'Z'] = match;
  const zone = given.replace(/^(?:z|UTC)$/, 'Z').replace(/^([+-]\d{2}):?(\d{2})?$/, (_all, hours: string, minutes = '00') => `${hours}:${minutes}`);
  return isoOf(`${day}T${time}${zone}`);
}

function isoOf(text: string): string | null {
  const date = new Date(text);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? date.toISOString() : null;
}
