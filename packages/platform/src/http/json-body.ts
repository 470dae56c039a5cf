import { isUtf8 } from 'node:buffer';
import { AppError } from '@trunkline/kernel';

/** Deeper than any known client or activity; recursion over a body stays shallow. */
const DEPTH_MAX = 64;
/** A megabyte of small values takes twenty times as long to parse as one of text, before anybody has signed anything. */
const VALUES_MAX = 20_000;
const BYTE_ORDER_MARK = 0xfeff;
const [OPEN_OBJECT, OPEN_ARRAY, CLOSE_OBJECT, CLOSE_ARRAY, QUOTE, BACKSLASH] = Buffer.from('{[}]"\\') as unknown as number[];

/** Without the parser's own error: it quotes the body, which must not reach the log. */
const badJson = (): AppError => new AppError(400, 'bad_json', 'The body is not valid JSON');

/**
 * Parses a JSON body. An empty one counts as `{}`, since clients send the content type without a body. NULs in texts
 * are left out: Postgres takes none.
 * @throws AppError 400 when it is not UTF-8, not JSON, nested deeper than 64, has a `__proto__` member, or 413 for more than 20,000 values.
 */
export const parseJsonBody = (body: Buffer): unknown => readJsonBody(body).value;

/** The same with the text as it was parsed: without a mark of byte order. */
export function readJsonBody(body: Buffer): { readonly text: string; readonly value: unknown } {
  if (body.length === 0) return { text: '', value: {} };
  if (!isUtf8(body)) throw badJson();
  const decoded = body.toString('utf8');
  if (decoded.length > VALUES_MAX && hasManyCommas(decoded)) throw new AppError(413, 'too_many_values', 'The body has too many values');
  if (hasManyBrackets(decoded) && isTooDeep(body)) throw badJson();
  const text = decoded.charCodeAt(0) === BYTE_ORDER_MARK ? decoded.slice(1) : decoded;
  const value = parse(text);
  // The walk is needed only when the name stands there, plainly or with escaped letters.
  if ((text.includes('__proto__') || text.includes('\\u00')) && hasProtoMember(value)) throw badJson();
  return { text, value };
}

function parse(text: string): unknown {
  try {
    return text.includes('\\u0000') ? JSON.parse(text, withoutNul) : JSON.parse(text);
  } catch {
    throw badJson();
  }
}

const withoutNul = (_key: string, value: unknown): unknown => (typeof value === 'string' ? value.replaceAll('\0', '') : value);

/** Those within texts count as well: nobody writes so many. */
function hasManyCommas(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) {
    count += 1;
    if (count > VALUES_MAX) return true;
  }
  return false;
}

/** Nothing nests deeper than it opens. Looking for single characters takes a tenth of walking over all bytes. */
function hasManyBrackets(text: string): boolean {
  let count = 0;
  for (const open of '[{') {
    for (let at = text.indexOf(open); at !== -1; at = text.indexOf(open, at + 1)) {
      count += 1;
      if (count > DEPTH_MAX) return true;
    }
  }
  return false;
}

/** One pass over the bytes: brackets count outside of strings. */
function isTooDeep(body: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i];
    if (inString) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth += 1;
      if (depth > DEPTH_MAX) return true;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
    }
  }
  return false;
}

/** An own member of that name is harmless until somebody copies it with assignment: refused at the door. */
function hasProtoMember(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.hasOwn(value, '__proto__')) return true;
  return Object.values(value).some(hasProtoMember);
}
