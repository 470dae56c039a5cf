/** The full form, the only one that we send: Lemmy refuses the short ones. */
export const PUBLIC_URI = 'https://www.w3.org/ns/activitystreams#Public';

/** Whether an audience entry means everybody: the full IRI, `as:Public` or `Public`. */
export const isPublicUri = (uri: string): boolean => uri === PUBLIC_URI || uri === 'as:Public' || uri === 'Public';

/** An entry of an index in Postgres takes 2,704 bytes: a longer one would fail all that is written with it. */
const URI_BYTES_MAX = 2048;
/** No text of so few UTF-16 units has more bytes. */
const SHORT_CHARS = Math.floor(URI_BYTES_MAX / 3);

export const isLongUri = (uri: string): boolean => uri.length > SHORT_CHARS && Buffer.byteLength(uri) > URI_BYTES_MAX;

/**
 * How nearly every URI is written; the group is its host. Parsing costs several times as much, and a post has a dozen of
 * them. A name in punycode may be none, and a port may be the scheme's own: these are parsed.
 */
const PLAIN = /^https?:\/\/((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})(?:[/?#][^\s\\]*)?$/;

/**
 * The text when it is an absolute http(s) URL that names one machine in one way: no user name, no trailing dot
 * (which would slip past domain rules), no back slash or white space, 2048 bytes at most. The text stays as
 * written, since ids are compared as strings.
 */
export function httpUri(value: unknown): string | null {
  return typeof value === 'string' && hostOf(value) !== null ? value : null;
}

function plainHost(uri: string): string | null {
  return isLongUri(uri) || uri.includes('xn--') ? null : (PLAIN.exec(uri)?.[1] ?? null);
}

/** No name is longer (RFC 1035); what stands there may be a user name as well, which is refused anyway. */
const AUTHORITY = /^https?:\/\/([^/?#\\\s]{1,260})(?:[/?#][^\s\\]*)?$/i;
/** Of a name beyond ASCII, as written: mapping it is slow, and one letter may stand for eighteen. */
const UNICODE_HOST_CHARS_MAX = 80;

/** Whether a host may be parsed without taking long. */
function isShortHost(host: string): boolean {
  if (/^[\x21-\x7e]*$/.test(host)) return true;
  return host.length <= UNICODE_HOST_CHARS_MAX && host.normalize('NFKC').length <= 2 * UNICODE_HOST_CHARS_MAX;
}

function parseHttpUri(value: string): URL | null {
  const authority = isLongUri(value) ? null : (AUTHORITY.exec(value)?.[1] ?? null);
  if (authority === null || !isShortHost(authority)) return null;
  const url = URL.parse(value);
  if (url === null || url.username !== '' || url.password !== '' || url.hostname.endsWith('.')) return null;
  return url;
}

/** Lower-case punycode host of an http(s) URI, with the port unless it is the scheme's own; null for anything else. */
export const hostOf = (uri: string): string | null => plainHost(uri) ?? parseHttpUri(uri)?.host ?? null;

/** Whether two http(s) URIs lie on the same host and port; false when either is unreadable. */
export function sameHost(a: string, b: string): boolean {
  const host = hostOf(a);
  return host !== null && host === hostOf(b);
}

/** As `sameHost`, but `www.` counts for nothing (Threads: ids on threads.net, pages on www.threads.net). For links only. */
export function sameSite(a: string, b: string): boolean {
  const [siteA, siteB] = [hostOf(a), hostOf(b)].map((host) => host?.replace(/^www\./, ''));
  return siteA !== undefined && siteA === siteB;
}

/**
 * A bare host as written in a handle or a domain rule, to lower-case punycode without default ports (80, 443) and
 * without a trailing dot; null when it is no host. `Bücher.Example:443` → `xn--bcher-kva.example`.
 */
export function normalizeHost(host: string): string | null {
  const text = host.trim();
  if (text.length > 300 || !/^[^\s/\\@?#%:[\]]+(?::[0-9]{1,5})?$|^\[[0-9a-f:.]+\](?::[0-9]{1,5})?$/i.test(text)) return null;
  const url = isShortHost(text) ? URL.parse(`https://${text}/`) : null;
  if (url === null || url.hostname === '') return null;

  const port = url.port === '' || url.port === '80' ? '' : `:${url.port}`;
  const hostname = url.hostname.replace(/\.$/, '');
  return hostname === '' ? null : hostname + port;
}
