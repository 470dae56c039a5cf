import { pagingLinks } from '@trunkline/mastodon-api';
import type { Page } from '@trunkline/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Sets the Link header of a page of rows, newest first. */
export function setPageLinks(request: FastifyRequest, reply: FastifyReply, rows: { ids: readonly string[]; page: Page; baseUrl: string }): void {
  const links = pagingLinks({ baseUrl: rows.baseUrl, requestUrl: request.url, ids: rows.ids, limit: rows.page.limit });
  if (links !== null) reply.header('Link', links);
}
