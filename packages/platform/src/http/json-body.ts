import { isUtf8 } from 'node:buffer';
import { AppError, CHEAP_JSON_BYTES, tooMuchJson } from '@trunkline/kernel';

/** A megabyte of small values takes twenty times as long to parse as one of text, before anybody has signed anything. */
const VALUES_MAX = 20_000;
/** A text with fewer brackets is not deep, and is asked nothing more when it is short. */
const FEW_BRACKETS = 64;
const BYTE_ORDER_MARK = 0xfeff;

/** Without the parser's own error: it quotes the body, which must not reach the log. */
const badJson = (): AppError => new AppError(400, 'bad_json', 'The body is not valid JSON');

/**
 * Parses a JSON body. An empty one counts as `{}`, since clients send the content type without a body. NULs in texts
 * are left out: Postgres takes none.
 * @throws AppError 400 when it is not UTF-8, not JSON, nested deeper or made of more than `tooMuchJson` takes, has a `__proto__` member, or 413 for more than 20,000 values.
 */
export const parseJsonBody = (body: Buffer): unknown => readJsonBody(body).value;

/** The same with the text as it was parsed: without a mark of byte order. */
export function readJsonBody(body: Buffer): { readonly text: string; readonly value: unknown } {
  if (body.length === 0) return { text: '', value: {} };
  if (!isUtf8(body)) throw badJson();
  const decoded = body.toString('utf8');
  if (decoded.length > VALUES_MAX && hasManyCommas(decoded)) throw new AppError(413, 'too_many_values', 'The body has too many values');
  if ((body.length > CHEAP_JSON_BYTES || hasManyBrackets(decoded)) && tooMuchJson(body) !== null) throw badJson();
  const text = decoded.charCodeAt(0) === BYTE_ORDER_MARK ? decoded.slice(1) : decoded;
  const value = parse(text);
  // The walk is needed only when the name stands there, plainly or with escaped letters.
  if ((text.includes('__proto__') || text.includes('u00')) && hasProtoMember(value)) throw badJson();
  return { text, value };
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // As it came it has to be JSON as well: it is stored so, and what stands around a NUL could make another escape without it.
    const plain = withoutNul(text);
    return plain === text ? value : JSON.parse(plain);
  } catch {
    throw badJson();
  }
}

const DIGITS = 'u0000';
/** Nobody who means well writes one. */
const NULS_MAX = 1_000;

/**
 * In the text, not by a reviver, which takes ten times as long as the parser. An escaped back slash before it makes it plain letters. Looked for
 * without its back slash: a megabyte of these alone would be looked at one by one.
 */
function withoutNul(text: string): string {
  const parts: string[] = [];
  let done = 0;
  for (let at = text.indexOf(DIGITS); at !== -1; at = text.indexOf(DIGITS, at + DIGITS.length)) {
    if (slashesBefore(text, at) % 2 === 0) continue;
    parts.push(text.slice(done, at - 1));
    done = at + DIGITS.length;
    if (parts.length > NULS_MAX) throw badJson();
  }
  return done === 0 ? text : parts.join('') + text.slice(done);
}

function slashesBefore(text: string, end: number): number {
  let at = end;
  while (text.charAt(at - 1) === '\\') at -= 1;
  return end - at;
}

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
      if (count > FEW_BRACKETS) return true;
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
