import type { Account } from '@trunkline/domain';
import { userNeeded } from '@trunkline/mastodon-api';
import type { TokenIdentity, TokenUser } from '@trunkline/persistence';
import type { FastifyRequest } from 'fastify';

/** Who asks: set by `ClientGuard` on every route of the client API. */
export interface Client {
  /** null: nobody. */
  readonly token: TokenIdentity | null;
  /** null: nobody, or an application alone. */
  readonly user: TokenUser | null;
  readonly account: Account | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    client?: Client;
    /** Whether changes could be told since this request came; undefined: nobody asked. */
    isSynced?: boolean;
  }
}

export const NOBODY: Client = { token: null, user: null, account: null };

/** The viewer's account id, or null for nobody. */
export const viewerIdOf = (request: FastifyRequest): Account['id'] | null => request.client?.account?.id ?? null;

/** The signed-in person. @throws AppError 422 where an application's own token asks. */
export function personOf(request: FastifyRequest): { user: TokenUser; account: Account; token: TokenIdentity } {
  const { user, account, token } = request.client ?? NOBODY;
  if (user === null || account === null || token === null) throw userNeeded();
  return { user, account, token };
}

/** The token as the request carries it: the Authorization header, or `access_token` in query or form. */
export function bearerOf(request: FastifyRequest): string | null {
  const header = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (header !== undefined) return header;
  for (const place of [request.query, request.body]) {
    const value = typeof place === 'object' && place !== null ? (place as Record<string, unknown>)['access_token'] : undefined;
    if (typeof value === 'string' && value.length > 0 && value.length <= 512) return value;
  }
  return null;
}

/**
 * Parameters of a POST, PUT, PATCH or DELETE may stand in its query, as Rails reads them and some apps send them
 * (IceCubes registers itself so). What the body says counts more.
 */
export function addQueryToBody(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const body: unknown = request.body ?? {};
  if (typeof body !== 'object' || Array.isArray(body)) return;
  request.body = { ...(request.query as object), ...body };
}
