import type { RequestHeaders } from './types.js';

/**
 * Headers by lower-case name, with every value of a name that came more than once, from Node's flat
 * `request.rawHeaders` list. Node's own `request.headers` keeps the first Host and Date silently.
 */
export function headersFromRaw(rawHeaders: readonly string[]): RequestHeaders {
  const byName = new Map<string, string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const values = byName.get(name);
    if (values === undefined) byName.set(name, [rawHeaders[index + 1] ?? '']);
    else values.push(rawHeaders[index + 1] ?? '');
  }
  return Object.fromEntries([...byName].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

/** All values of each header by lower-case name, whatever case and form the record has. */
export function headerValues(headers: RequestHeaders): ReadonlyMap<string, readonly string[]> {
  const byName = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const values = typeof value === 'string' ? [value] : value;
    byName.set(name.toLowerCase(), [...(byName.get(name.toLowerCase()) ?? []), ...values]);
  }
  return byName;
}
