/** The full form, the only one that we send: Lemmy refuses the short ones. */
export const PUBLIC_URI = 'https://www.w3.org/ns/activitystreams#Public';

/** Whether an audience entry means everybody: the full IRI, `as:Public` or `Public`. */
export const isPublicUri = (uri: string): boolean => uri === PUBLIC_URI || uri === 'as:Public' || uri === 'Public';

const URI_CHARS_MAX = 2048;
/**
 * How nearly every URI is written; the group is its host. Parsing costs several times as much, and a post has a dozen of
 * them. A name in punycode may be none, and a port may be the scheme's own: these are parsed.
 */
const PLAIN = /^https?:\/\/((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})(?:[/?#][^\s\\]*)?$/;

/**
 * The text when it is an absolute http(s) URL that names one machine in one way: no user name, no trailing dot
 * (which would slip past domain rules), no back slash or white space, 2048 characters at most. The text stays as
 * written, since ids are compared as strings.
 */
export function httpUri(value: unknown): string | null {
  return typeof value === 'string' && hostOf(value) !== null ? value : null;
}

function plainHost(uri: string): string | null {
  return uri.length > URI_CHARS_MAX || uri.includes('xn--') ? null : (PLAIN.exec(uri)?.[1] ?? null);
}

function parseHttpUri(value: string): URL | null {
  if (value.length > URI_CHARS_MAX || !/^https?:\/\/[^\s\\]+$/i.test(value)) return null;
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
  const url = URL.parse(`https://${text}/`);
  if (url === null || url.hostname === '') return null;

  const port = url.port === '' || url.port === '80' ? '' : `:${url.port}`;
  const hostname = url.hostname.replace(/\.$/, '');
  return hostname === '' ? null : hostname + port;
}
