import type { HeaderValues } from '../request-headers.js';
import { isInnerList, parseDictionary, serializeInnerList, serializeItem, type Item, type Parameters } from './structured-fields.js';

/** A request as its components are taken from. */
export interface Message {
  readonly method: string;
  /** Scheme and authority as the sender knows them, e.g. `https://social.example`; lower case, no default port. */
  readonly origin: string;
  /** The request target as it came: path and query string. */
  readonly path: string;
  /** By lower-case name, in the order in which they came. */
  readonly headers: HeaderValues;
}

const FIELD_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/**
 * The value of a covered component (RFC 9421 §2), or null when the request has none: an absent field, a derived one that
 * is not of requests (`@status`), or parameters that are not taken (`req`, `tr` and `sf`: nobody in the fediverse sends them).
 */
export function componentValue(message: Message, { value: name, parameters }: Item): string | null {
  if (typeof name !== 'string') return null;
  if (name === '@query-param') return queryParameter(message, parameters);
  if (name.startsWith('@')) return parameters.size === 0 ? derived(message, name) : null;
  const values = message.headers.get(name);
  return values === undefined || !FIELD_NAME.test(name) ? null : fieldValue(values, parameters);
}

function derived({ method, origin, path }: Message, name: string): string | null {
  const query = path.indexOf('?');
  switch (name) {
    case '@method':
      return method;
    case '@target-uri':
      return origin + path;
    case '@authority':
      return origin.replace(/^https?:\/\//, '');
    case '@scheme':
      return origin.slice(0, origin.indexOf(':'));
    case '@request-target':
      return path;
    case '@path':
      return query < 0 ? path : path.slice(0, query);
    case '@query':
      return query < 0 ? '?' : path.slice(query);
    default:
      return null;
  }
}

/** Lines of one field are joined; white space around each counts for nothing. Folded lines never get here: Node refuses them. */
function fieldValue(values: readonly string[], parameters: Parameters): string | null {
  const lines = values.map((value) => value.trim());
  const [parameter, ...more] = parameters.keys();
  if (parameter === undefined) return lines.join(', ');
  if (more.length > 0) return null;
  if (parameter === 'bs' && parameters.get('bs') === true) return lines.map((line) => `:${Buffer.from(line, 'latin1').toString('base64')}:`).join(', ');
  const key = parameters.get('key');
  return parameter === 'key' && typeof key === 'string' ? dictionaryValue(lines.join(', '), key) : null;
}

function dictionaryValue(text: string, key: string): string | null {
  const member = parseDictionary(text)?.get(key);
  if (member === undefined) return null;
  return isInnerList(member) ? serializeInnerList(member) : serializeItem(member);
}

/** One named parameter, which must come exactly once, in one spelling whatever the sender encoded. */
function queryParameter({ path }: Message, parameters: Parameters): string | null {
  const encodedName = parameters.get('name');
  if (parameters.size !== 1 || typeof encodedName !== 'string') return null;
  const query = path.indexOf('?');
  const all = new URLSearchParams(query < 0 ? '' : path.slice(query));
  const name = [...all.keys()].find((key) => encoded(key) === encodedName);
  const values = name === undefined ? [] : all.getAll(name);
  return values.length === 1 ? encoded(values[0] ?? '') : null;
}

const encoded = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
