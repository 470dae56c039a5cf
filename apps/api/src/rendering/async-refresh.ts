import type { FastifyReply } from 'fastify';

/** Something that is being read in the background for an answer. */
export interface RefreshTold {
  /** As `GET /api/v1_alpha/async_refreshes/:id` takes it. */
  readonly id: string;
  /** Posts that came so far. */
  readonly found: number;
}

const RETRY_SECONDS = 5;

/** Lets clients ask again in a moment. @see https://docs.joinmastodon.org/methods/async_refreshes/ (Mastodon 4.4) */
export function setAsyncRefresh(reply: FastifyReply, refresh: RefreshTold | null): void {
  if (refresh === null) return;
  reply.header('Mastodon-Async-Refresh', `id="${refresh.id}", retry=${RETRY_SECONDS}, result_count=${refresh.found}`);
}
