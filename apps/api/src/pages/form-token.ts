import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '@trunkline/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { cookieOptions, sessionSecretOf } from './session-cookie.js';

/** The hidden field of every form. */
export const FORM_TOKEN_FIELD = 'form_token';

// With the prefix browsers take it only from this very host over https: no subdomain can plant one.
const cookieName = (isHttps: boolean): string => (isHttps ? '__Host-trunkline_form' : 'trunkline_form');
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/**
 * The token for the forms of a page, and the cookie that it is checked against (double submit). It is bound to the
 * session as well: who plants a cookie in somebody's browser still does not know their session.
 */
export function issueFormToken(request: FastifyRequest, reply: FastifyReply, baseUrl: string): string {
  const name = cookieName(baseUrl.startsWith('https:'));
  const given = request.cookies[name];
  const secret = given !== undefined && SECRET.test(given) ? given : randomBytes(32).toString('base64url');
  if (secret !== given) reply.setCookie(name, secret, cookieOptions(baseUrl));
  return tokenFor(secret, sessionSecretOf(request));
}

const tokenFor = (secret: string, session: string | null): string =>
  createHmac('sha256', secret).update(`form\n${session ?? ''}`).digest('base64url');

/**
 * Lets a form pass that one of our own pages sent in this browser.
 * @throws AppError 403: no token, a wrong one, another session's, or another site sent it
 */
export function checkFormToken(request: FastifyRequest, baseUrl: string): void {
  const secret = request.cookies[cookieName(baseUrl.startsWith('https:'))];
  const sent = typeof request.body === 'object' && request.body !== null ? (request.body as Record<string, unknown>)[FORM_TOKEN_FIELD] : undefined;
  const isRight =
    secret !== undefined && SECRET.test(secret) && typeof sent === 'string' && isSame(sent, tokenFor(secret, sessionSecretOf(request)));
  if (isRight && isOurs(request, baseUrl)) return;
  throw new AppError(403, 'form_token', 'This form is too old, or it was not sent from this site. Please go back, reload the page and try again.');
}

/** Browsers name the origin of a form; ours is the public one, or the host that was asked (a tunnel, a local port). */
function isOurs(request: FastifyRequest, baseUrl: string): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return request.headers['sec-fetch-site'] !== 'cross-site';
  const url = URL.parse(origin);
  return url !== null && (url.origin === new URL(baseUrl).origin || url.host === host);
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
