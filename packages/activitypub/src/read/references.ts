import { httpUri, isPublicUri, PUBLIC_URI } from '../hosts.js';
import { isJsonObject, listOf, member, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import type { ObjectRef } from './types.js';

export const NO_OBJECT: ObjectRef = { uri: null, json: null };

/** An IRI or an object as a reference; the public collection always by its full IRI. */
export function refOf(value: unknown): ObjectRef {
  if (typeof value === 'string') return { uri: uriOrPublic(value), json: null };
  if (!isJsonObject(value)) return NO_OBJECT;
  return { uri: uriOrPublic(member(value, 'id')), json: value };
}

const uriOrPublic = (value: unknown): string | null =>
  typeof value === 'string' && isPublicUri(value) ? PUBLIC_URI : httpUri(value);

/** References of a list or a single value, without the empty ones. */
export const refsOf = (value: unknown, max: number): readonly ObjectRef[] =>
  listOf(value)
    .slice(0, max)
    .map(refOf)
    .filter((ref) => ref.uri !== null || ref.json !== null);

/** The id of an object-or-IRI; of a list the first that has one. */
export const idOf = (value: unknown): string | null =>
  listOf(value).slice(0, LIMITS.links).map(refOf).find((ref) => ref.uri !== null)?.uri ?? null;

/** Audience members, each once, the public collection by its full IRI. */
export const audienceList = (value: unknown): readonly string[] => readAudience(value).uris;

/** `isWhole`: nothing of it was cut off or could not be read. */
export function readAudience(value: unknown): { readonly uris: readonly string[]; readonly isWhole: boolean } {
  const entries = listOf(value);
  const uris = entries.slice(0, LIMITS.audience).map((entry) => refOf(entry).uri);
  return { uris: [...new Set(uris.filter((uri) => uri !== null))], isWhole: entries.length <= LIMITS.audience && uris.every((uri) => uri !== null && !isMisspeltPublic(uri)) };
}

/** `http:`, without its fragment, or with another: meant for everybody, and yet naming nobody. */
const isMisspeltPublic = (uri: string): boolean => uri !== PUBLIC_URI && /^https?:\/\/(?:www\.)?w3\.org\/ns\/activitystreams/i.test(uri);

/** A Link, or an object with a `url`, reduced to what we choose by. */
export interface LinkTarget {
  readonly href: string;
  readonly mediaType: string | null;
  readonly height: number;
  readonly json: JsonObject | null;
}

/**
 * As the URL parser writes it: quotes, angle brackets and the blanks of file names encoded, since clients paste it into
 * markup. Ids stay as they came.
 */
function targetOf(value: unknown): string | null {
  const uri = httpUri(typeof value === 'string' ? value.trim().replaceAll(' ', '%20') : value);
  return uri === null ? null : new URL(uri).href;
}

const DEPTH_MAX = 3;
/** Looked at, lists within lists taken together: each is parsed as an address. */
const ENTRIES_MAX = 256;
const FIRST_WITHIN = 8;

/** Every http(s) target of a `url` or `icon` value: strings, Links, objects with `url`, and lists of these. */
export const linksOf = (value: unknown): readonly LinkTarget[] => targetsIn(value, DEPTH_MAX, { left: ENTRIES_MAX }).slice(0, LIMITS.links);

/** The first of them, without looking far. */
export const firstLinkOf = (value: unknown): LinkTarget | null => targetsIn(value, DEPTH_MAX, { left: FIRST_WITHIN })[0] ?? null;

function targetsIn(value: unknown, depth: number, budget: { left: number }): readonly LinkTarget[] {
  if (depth === 0) return [];
  return listOf(value)
    .slice(0, Math.min(LIMITS.links, budget.left))
    .flatMap((entry): readonly LinkTarget[] => {
      budget.left -= 1;
      if (budget.left < 0) return [];
      const bare = targetOf(entry);
      if (bare !== null) return [{ href: bare, mediaType: null, height: 0, json: null }];
      if (!isJsonObject(entry)) return [];

      // Funkwhale writes mimeType.
      const mediaType = mediaTypeOf(member(entry, 'mediaType') ?? member(entry, 'mimeType'));
      const height = Number(member(entry, 'height')) || 0;
      const href = targetOf(member(entry, 'href'));
      if (href !== null) return [{ href, mediaType, height, json: entry }];
      return targetsIn(member(entry, 'url'), depth - 1, budget).map((link) => ({ ...link, mediaType: link.mediaType ?? mediaType, height: link.height || height }));
    });
}

/** `type/subtype` in lower case without parameters, or null. */
export function mediaTypeOf(value: unknown): string | null {
  const match = typeof value === 'string' ? /^\s*([a-z]+\/[a-z0-9.+-]{1,100})\s*(?:;|$)/i.exec(value.slice(0, 300)) : null;
  return match?.[1]?.toLowerCase() ?? null;
}

/** The page for people behind `url`: the one of type text/html, else the first; null when there is none. */
export function pageLinkOf(value: unknown): string | null {
  const links = linksOf(value);
  return (links.find((link) => link.mediaType === 'text/html') ?? links.find((link) => link.mediaType === null))?.href ?? null;
}
