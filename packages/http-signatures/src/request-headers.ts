import type { RequestHeaders } from './types.js';

/** What the records of `headersFromRaw` are known by: names in lower case, each once. Holds nothing, and inherits nothing: a header may be called `constructor`. */
const LOWER_CASE: object = Object.freeze(Object.create(null));

/** All values of each header, asked for by lower-case name. */
export type HeaderValues = Pick<ReadonlyMap<string, readonly string[]>, 'get' | 'has'>;

/**
 * Headers by lower-case name, with every value of a name that came more than once, from Node's flat
 * `request.rawHeaders` list. Node's own `request.headers` keeps the first Host and Date silently.
 */
export function headersFromRaw(rawHeaders: readonly string[]): RequestHeaders {
  const byName = Object.create(LOWER_CASE) as Record<string, string | string[]>;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const known = byName[name];
    if (known === undefined) byName[name] = value;
    else if (typeof known === 'string') byName[name] = [known, value];
    else known.push(value);
  }
  return byName;
}

/** All values of each header by lower-case name, whatever case and form the record has. */
export function headerValues(headers: RequestHeaders): HeaderValues {
  // Asked for five of a dozen: no map is made of what is in order already.
  if (Object.getPrototypeOf(headers) === LOWER_CASE) {
    return {
      get: (name) => {
        const value = headers[name];
        return typeof value === 'string' ? [value] : value;
      },
      has: (name) => headers[name] !== undefined,
    };
  }
  const byName = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const values = typeof value === 'string' ? [value] : value;
    const lowerCase = name.toLowerCase();
    const known = byName.get(lowerCase);
    byName.set(lowerCase, known === undefined ? values : [...known, ...values]);
  }
  return byName;
}
