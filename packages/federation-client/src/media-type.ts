const ACTIVITY_STREAMS = 'https://www.w3.org/ns/activitystreams';
export const ACTIVITY_JSON = 'application/activity+json';
/** What is asked for when only an ActivityPub document will do. */
export const ACTIVITY_ACCEPT = `${ACTIVITY_JSON}, application/ld+json; profile="${ACTIVITY_STREAMS}"`;
export const JSON_ACCEPT = 'application/jrd+json, application/json';
const HEADER_LENGTH_MAX = 500;

/** `Application/JSON; charset=utf-8` → `application/json`. Empty when absent. */
export function mediaTypeOf(header: string): string {
  const semicolon = header.indexOf(';');
  return (semicolon < 0 ? header : header.slice(0, semicolon)).trim().toLowerCase();
}

/**
 * activity+json, or ld+json with the ActivityStreams profile. Anything looser lets an upload that a server
 * hands out as plain JSON speak for that server (GHSA-jhrq-qvrm-qr36).
 */
export function isActivityType(mediaType: string, header: string): boolean {
  if (mediaType === ACTIVITY_JSON) return true;
  if (mediaType !== 'application/ld+json' || header.length > HEADER_LENGTH_MAX) return false;
  const profile = /;\s*profile\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(header);
  return (profile?.[1] ?? profile?.[2] ?? '').split(' ').includes(ACTIVITY_STREAMS);
}

/** WebFinger and NodeInfo come as jrd+json, as json, or as another `+json`. */
export const isJsonType = (mediaType: string): boolean => /^application\/(?:[\w.-]{1,60}\+)?json$/.test(mediaType);

/** host-meta comes as xrd+xml, and from older servers as plain XML. */
export const isXmlType = (mediaType: string): boolean =>
  mediaType === 'text/xml' || /^application\/(?:[\w.-]{1,60}\+)?xml$/.test(mediaType);
