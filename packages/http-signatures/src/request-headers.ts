import type { RequestHeaders } from './types.js';

/**
 * Headers by lower-case name, with every value of a name that came more than once, from Node's flat
 * `request.rawHeaders` list. Node's own `request.headers` keeps the first Host and Date silently.
 */
export function headersFromRaw(rawHeaders: readonly string[]): RequestHeaders {
  // Without a prototype: a header may be called `constructor`.
  const byName = Object.create(null) as Record<string, string | string[]>;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const known = byName[name];
    if (known === undefined) byName[name] = value;
    else byName[name] = typeof known === 'string' ? [known, value] : [...known, value];
  }
  return byName;
}

/** All values of each header by lower-case name, whatever case and form the record has. */
export function headerValues(headers: RequestHeaders): ReadonlyMap<string, readonly string[]> {
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
