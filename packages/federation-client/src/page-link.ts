import type { FetchedBytes } from './requests.js';
import { isActivityType, mediaTypeOf } from './media-type.js';

/** A page says it in its head. */
const HEAD_BYTES_MAX = 262_144;
const LINKS_MAX = 200;
const LINK_HEADER_CHARS_MAX = 8_192;

export const PAGE_ACCEPT = 'text/html, application/xhtml+xml;q=0.9';
export const isPageType = (mediaType: string): boolean => mediaType === 'text/html' || mediaType === 'application/xhtml+xml';

/**
 * Where a page says that the object it shows has its document: a `Link` header, else a `link` element, with
 * `rel=alternate` and an ActivityPub type. null: it says nothing. What stands there has to prove itself.
 */
export function linkOfPage({ bytes, link, finalUrl }: Pick<FetchedBytes, 'bytes' | 'link' | 'finalUrl'>): string | null {
  const href = linkInHeader(link.slice(0, LINK_HEADER_CHARS_MAX)) ?? linkInHead(bytes.subarray(0, HEAD_BYTES_MAX).toString('utf8'));
  const url = href === null ? null : URL.parse(href, finalUrl);
  return url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') ? null : url.href;
}

interface Attributes {
  readonly rel: string;
  readonly type: string;
  readonly href: string;
}

const isAlternate = ({ rel, type, href }: Attributes): boolean =>
  href !== '' && rel.toLowerCase().split(/\s+/).includes('alternate') && isActivityType(mediaTypeOf(type), type);

function linkInHeader(header: string): string | null {
  for (const match of header.matchAll(/<([^<>]{1,2048})>((?:;[^;,"<>]{0,200}(?:"[^"<>]{0,400}")?)*)/g)) {
    const href = match[1] ?? '';
    const parameters = match[2] ?? '';
    if (isAlternate({ href, rel: valueIn(parameters, 'rel'), type: valueIn(parameters, 'type') })) return href;
  }
  return null;
}

function linkInHead(html: string): string | null {
  let seen = 0;
  for (const [element] of html.matchAll(/<link\s[^<>]{1,4096}>/gi)) {
    seen += 1;
    if (seen > LINKS_MAX) return null;
    const href = unescaped(valueIn(element, 'href'));
    if (isAlternate({ href, rel: valueIn(element, 'rel'), type: unescaped(valueIn(element, 'type')) })) return href;
  }
  return null;
}

/** `name=value`, quoted in either way or not at all. */
function valueIn(text: string, name: 'rel' | 'type' | 'href'): string {
  const match = { rel: REL, type: TYPE, href: HREF }[name].exec(text);
  return (match?.[1] ?? match?.[2] ?? match?.[3] ?? '').trim();
}

const REL = /[\s;]rel\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>;]+))/i;
const TYPE = /[\s;]type\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>;]+))/i;
const HREF = /[\s;]href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>;]+))/i;

const unescaped = (text: string): string => text.replaceAll('&quot;', '"').replaceAll('&#34;', '"').replaceAll('&amp;', '&');
