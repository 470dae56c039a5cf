import { isLanguageTag, pageOf, QUOTE_CHOICES, type Page } from '@trunkline/domain';
import { isSnowflake, type Snowflake } from '@trunkline/kernel';
import { z } from 'zod';
import { BLANK, INVALID, NOT_IN_LIST, tooLong } from './read.js';

// Clients send the same thing as JSON, form, multipart or query: numbers as text, one value for a list of one, lists
// as objects with numbers for keys (what qs makes of long lists), switches as `1`, `true` or `on`.

const OFF = new Set(['0', 'f', 'false', 'off', 'no']);

/** Whatever was sent, or nothing: what comes after decides. */
export const anything = z.unknown().optional();

/** The text of a plain value; `''` for lists and objects, whose own `toString` a stranger may have sent. */
const plainText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** A switch. Absent, blank and no plain value stay undefined; anything that is not "off" is on, as Rails reads it. */
export const flag = z.preprocess((value): boolean | undefined => {
  const text = plainText(value);
  return text === '' ? undefined : !OFF.has(text.toLowerCase());
}, z.boolean().optional());

const asText = (value: unknown): unknown => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value);

/** Text or nothing: blank is nothing. */
export const optionalText = (charactersMax: number) =>
  z.preprocess(
    (value) => (value === null || value === '' ? undefined : asText(value)),
    z.string(INVALID).max(charactersMax, tooLong(charactersMax)).optional(),
  );

/** Text whose blankness means something (clearing a field); absent stays undefined. */
export const clearableText = (charactersMax: number) =>
  z.preprocess(
    (value) => (value === null ? '' : asText(value)),
    z.string(INVALID).max(charactersMax, tooLong(charactersMax)).optional(),
  );

export const requiredText = (charactersMax: number) =>
  z.preprocess(asText, z.string({ error: BLANK }).max(charactersMax, tooLong(charactersMax)).refine((text) => text.trim() !== '', BLANK));

/** An id, or null when absent or blank. */
export const optionalId = z.preprocess(
  (value) => (value === undefined || value === '' ? null : asText(value)),
  z.custom<Snowflake>(isSnowflake, INVALID).nullable(),
);

export const requiredId = z.preprocess(asText, z.custom<Snowflake>(isSnowflake, { error: (issue) => (issue.input === undefined ? BLANK : INVALID) }));

/** Who may quote; absent or blank stays undefined. */
export const quoteChoice = z.preprocess(
  (value) => (value === undefined || value === null || value === '' ? undefined : value),
  z.enum(QUOTE_CHOICES, NOT_IN_LIST).optional(),
);

const LIST_READ_MAX = 1000;

/** Any of the forms a list comes in. A comma makes no list: ids and names hold none, but texts do. */
export function asList(value: unknown): unknown[] {
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return value.slice(0, LIST_READ_MAX);
  return typeof value === 'object' ? Object.values(value).slice(0, LIST_READ_MAX) : [value];
}

/** Distinct ids; what is none is left out, as it finds nothing anyway. `max` cuts. */
export const idList = (max: number) =>
  anything.transform((value): Snowflake[] => [...new Set(asList(value).map(asText).filter(isSnowflake))].slice(0, max));

/** Distinct short texts; others are left out. */
export const textList = (max: number, charactersMax = 255) =>
  anything.transform((value): string[] => {
    const texts = asList(value).map(asText).filter((text): text is string => typeof text === 'string');
    return [...new Set(texts.filter((text) => text !== '' && text.length <= charactersMax))].slice(0, max);
  });

/** A language tag, or null: nonsense is treated as not said. */
export const language = anything.transform((value): string | null => (typeof value === 'string' && isLanguageTag(value) ? value : null));

/** A whole number within bounds; out of them it is cut, nonsense is the default. */
export const count = (whenAbsent: number, max: number) =>
  anything.transform((value): number => {
    const number = Number.parseInt(plainText(value), 10);
    return Number.isNaN(number) ? whenAbsent : Math.min(Math.abs(number), max);
  });

export const cursorShape = { limit: anything, max_id: anything, since_id: anything, min_id: anything };

interface Cursors {
  readonly limit?: unknown;
  readonly max_id?: unknown;
  readonly since_id?: unknown;
  readonly min_id?: unknown;
}

/** The page out of parsed parameters that hold `cursorShape`. */
export const pageFrom = (params: Cursors, defaultLimit: number, limitMax?: number): Page =>
  pageOf({ limit: params.limit, maxId: params.max_id, sinceId: params.since_id, minId: params.min_id }, defaultLimit, limitMax);

/** Default page sizes: statuses 20 (at most 40), accounts and notifications 40 (at most 80). */
export const STATUSES_PER_PAGE = 20;
export const ACCOUNTS_PER_PAGE = 40;

/** Parameters of a list that has nothing but pages. */
export const pageParams = (defaultLimit: number, limitMax?: number) =>
  z.object(cursorShape).transform((params) => pageFrom(params, defaultLimit, limitMax));
