import { isObject } from './json-document.js';
import { isActivityType, mediaTypeOf } from './media-type.js';

const LINKS_MAX = 100;
/** Of host-meta: looked at, not only used. */
const ELEMENTS_MAX = 1_000;
const SUBSCRIBE_REL = 'http://ostatus.org/schema/1.0/subscribe';

export interface WebfingerDocument {
  readonly subject: string;
  readonly selfUri: string;
  readonly subscribeTemplate: string | null;
}

/** Reads a JRD (RFC 7033). `null` without a subject or without a `self` link to an ActivityPub actor. Unknown links are passed over. */
export function readWebfinger(json: unknown): WebfingerDocument | null {
  if (!isObject(json) || typeof json['subject'] !== 'string' || !Array.isArray(json['links'])) return null;
  const links = (json['links'] as unknown[]).slice(0, LINKS_MAX).filter(isObject);
  const self = links.find(
    ({ rel, type, href }) =>
      rel === 'self' && typeof href === 'string' && typeof type === 'string' && isActivityType(mediaTypeOf(type), type),
  );
  if (self === undefined) return null;

  const template = links.find(({ rel }) => rel === SUBSCRIBE_REL)?.['template'];
  const isUsable = typeof template === 'string' && template.includes('{uri}') && /^https?:\/\//i.test(template);
  return { subject: json['subject'], selfUri: String(self['href']), subscribeTemplate: isUsable ? template : null };
}

/**
 * The lrdd template of a host-meta document (RFC 6415), `null` without one. Reads tags and attributes only, in
 * linear time: entities and document types are never expanded.
 */
export function readHostMeta(xml: string): string | null {
  for (const piece of xml.split('<', ELEMENTS_MAX)) {
    const end = piece.indexOf('>');
    if (end < 0 || end > 4_000 || !/^(?:\w{1,20}:)?Link\s/.test(piece)) continue;
    const tag = piece.slice(0, end);
    const template = attributeOf(tag, 'template');
    if (attributeOf(tag, 'rel') === 'lrdd' && template !== null && template.includes('{uri}')) {
      return template.replaceAll('&amp;', '&');
    }
  }
  return null;
}

function attributeOf(tag: string, name: 'rel' | 'template'): string | null {
  const match = new RegExp(`\\s${name}\\s?=\\s?(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return match?.[1] ?? match?.[2] ?? null;
}
