/** How the ids of a page become cursors. */
export interface PagingLinksInput {
  /** Scheme and host that clients use: `https://home.example`. */
  readonly baseUrl: string;
  /** The request's path with its query, as it came. */
  readonly requestUrl: string;
  /** Cursor ids of the page as sent, newest first. Where entries are not what is paged (followers), the ids of the rows. */
  readonly ids: readonly string[];
  readonly limit: number;
  /** Newer entries are asked for with `since_id` by lists that know no `min_id`. */
  readonly newer?: 'min_id' | 'since_id';
}

/** The same decoded and encoded. */
const PLAIN_PATH = /^[\w./-]+$/;
const CURSORS = ['max_id', 'min_id', 'since_id'];

/**
 * The Link header of a page, or `null` for an empty one: `next` (older, absent when the page was short) and `prev`
 * (newer). Other parameters of the request stay.
 * @see https://docs.joinmastodon.org/api/guidelines/#pagination
 */
export function pagingLinks(input: PagingLinksInput): string | null {
  const newest = input.ids[0];
  const oldest = input.ids.at(-1);
  if (newest === undefined || oldest === undefined) return null;
  const links = [];
  if (input.ids.length >= input.limit) links.push(`<${withCursor(input, 'max_id', oldest)}>; rel="next"`);
  links.push(`<${withCursor(input, input.newer ?? 'min_id', newest)}>; rel="prev"`);
  return links.join(', ');
}

function withCursor({ baseUrl, requestUrl }: PagingLinksInput, name: string, id: string): string {
  // The base is ours whatever the request line says: `//evil.example/x` must not leave this server.
  const queryAt = requestUrl.indexOf('?');
  const path = (queryAt < 0 ? requestUrl : requestUrl.slice(0, queryAt)).replace(/^\/*/, '/');
  // Nearly all are so, and what follows costs as much as putting a page together.
  if (queryAt < 0 && PLAIN_PATH.test(path)) return `${baseUrl}${path}?${name}=${id}`;
  const query = new URLSearchParams(queryAt < 0 ? '' : requestUrl.slice(queryAt + 1));
  for (const cursor of CURSORS) query.delete(cursor);
  // A token in the address must not be handed on in links, which end in logs and caches.
  query.delete('access_token');
  query.append(name, id);
  return `${baseUrl}${encodeURI(decodeSafely(path))}?${query.toString()}`;
}

function decodeSafely(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return '/';
  }
}
