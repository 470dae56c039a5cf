import { pagingLinks } from '@trunkline/mastodon-api';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Sets the Link header of a page.
 * @param ids cursor ids of the page as its source gave it, newest first; entries that rules hid included, or the next
 *   page would be lost
 */
export function setPageLinks(
  request: FastifyRequest,
  reply: FastifyReply,
  page: { readonly baseUrl: string; readonly ids: readonly string[]; readonly limit: number; readonly newer?: 'min_id' | 'since_id' },
): void {
  const links = pagingLinks({ ...page, requestUrl: request.url });
  if (links !== null) reply.header('Link', links);
}
