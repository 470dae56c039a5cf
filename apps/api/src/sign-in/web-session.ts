import type { User } from '@trunkline/domain';
import type { Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clearSessionCookie, sessionSecretOf, setSessionCookie } from '../pages/session-cookie.js';
import { standingOf } from './sign-in.js';

type SessionPorts = Pick<Backbone, 'webSessions' | 'store' | 'settings'>;

/** Who is signed in in this browser; null for nobody, and for those who may not use the server any more. */
export async function signedIn(ports: SessionPorts, request: FastifyRequest): Promise<User | null> {
  const secret = sessionSecretOf(request);
  const user = secret === null ? null : await ports.webSessions.userOf(secret);
  return user !== null && (await standingOf(ports, user)) === 'good' ? user : null;
}

/** A new session, and never one that was there before: what somebody planted in the browser is worth nothing. */
export async function startSession(ports: SessionPorts, request: FastifyRequest, reply: FastifyReply, user: User): Promise<void> {
  const former = sessionSecretOf(request);
  if (former !== null) await ports.webSessions.end(former);
  const secret = await ports.webSessions.start(user.id, request.headers['user-agent'] ?? null);
  setSessionCookie(reply, ports.settings.baseUrl, secret);
}

export async function endSession(ports: SessionPorts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const secret = sessionSecretOf(request);
  if (secret !== null) await ports.webSessions.end(secret);
  clearSessionCookie(reply, ports.settings.baseUrl);
}
