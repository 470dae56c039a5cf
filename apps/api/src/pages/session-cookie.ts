import type { FastifyReply, FastifyRequest } from 'fastify';

const SESSION_COOKIE = 'trunkline_session';
/** As long as the session itself lasts. */
const SESSION_SECONDS = 14 * 86_400;

interface CookieOptions {
  readonly path: '/';
  readonly httpOnly: true;
  readonly sameSite: 'lax';
  readonly secure: boolean;
  readonly maxAge?: number;
}

/** Out of scripts' reach, not sent with other sites' forms, over https alone where we have it. */
export const cookieOptions = (baseUrl: string, maxAge?: number): CookieOptions => ({
  path: '/',
  httpOnly: true,
  sameSite: 'lax',
  secure: baseUrl.startsWith('https:'),
  ...(maxAge === undefined ? {} : { maxAge }),
});

/** The session that the browser shows; whether it exists, only the store knows. */
export function sessionSecretOf(request: FastifyRequest): string | null {
  const value = request.cookies[SESSION_COOKIE];
  return value !== undefined && /^[A-Za-z0-9_-]{20,100}$/.test(value) ? value : null;
}

export function setSessionCookie(reply: FastifyReply, baseUrl: string, secret: string): void {
  reply.setCookie(SESSION_COOKIE, secret, cookieOptions(baseUrl, SESSION_SECONDS));
}

export function clearSessionCookie(reply: FastifyReply, baseUrl: string): void {
  reply.clearCookie(SESSION_COOKIE, cookieOptions(baseUrl));
}
