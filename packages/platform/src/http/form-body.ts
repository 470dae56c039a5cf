import { parse } from 'qs';

/** Of a form's text, files apart: a megabyte of brackets or plus signs takes 20 ms. */
export const FORM_BYTES_MAX = 262_144;
const DEPTH_MAX = 5;
const PARAMETERS_MAX = 1_000;
const ITEMS_MAX = 500;

/**
 * Parses a query string or form body as Rails does: `media_ids[]=1&media_ids[]=2`, `poll[options][]=a`,
 * `fields_attributes[0][name]=x`. At most 1000 parameters and 5 levels; what is beyond is left out, and names of
 * Object.prototype are ignored. NULs are left out: no name, text or id has any, and Postgres takes none.
 */
export function parseForm(text: string): Record<string, unknown> {
  return parse(text, {
    depth: DEPTH_MAX,
    parameterLimit: PARAMETERS_MAX,
    arrayLimit: ITEMS_MAX,
    allowPrototypes: false,
    ignoreQueryPrefix: false,
    decoder: (part, decode) => (decode as (text: string) => string)(part).replaceAll('\0', ''),
  });
}

/** The fields of a multipart form, in their order, read by the same rules. */
export function formFromPairs(pairs: readonly (readonly [name: string, value: string])[]): Record<string, unknown> {
  return parseForm(pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&'));
}
