import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from './body-parsers.js';

/** What scripts of other origins may read besides the body. */
const EXPOSED = 'Link, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining, X-Request-Id, Mastodon-Async-Refresh, Trunkline-Partial';
const MAX_AGE_SECONDS = 7_200;

/**
 * What scripts of any origin may do, by path, as Mastodon allows it. Never with cookies: the answer is `*`, and
 * credentials are tokens that the script itself holds.
 * @see https://github.com/mastodon/mastodon config/initializers/cors.rb
 */
const RULES: readonly { readonly path: RegExp; readonly methods: string; readonly exposed: boolean }[] = [
  { path: /^\/api\//, methods: 'GET, POST, PUT, DELETE, PATCH, OPTIONS', exposed: true },
  { path: /^\/oauth\/(token|revoke)$/, methods: 'POST', exposed: false },
  { path: /^\/oauth\/userinfo$/, methods: 'GET, POST', exposed: false },
  { path: /^\/(\.well-known|nodeinfo|ap|actor|media|@)/, methods: 'GET', exposed: false },
];

/** Sets the headers for a path that other origins may use. @returns whether the request was a preflight that is now answered. */
export function applyCors(request: FastifyRequest, reply: FastifyReply): boolean {
  const rule = RULES.find(({ path }) => path.test(pathOf(request.url)));
  if (rule === undefined) return false;
  reply.header('Access-Control-Allow-Origin', '*');
  reply.header('Access-Control-Allow-Methods', rule.methods);
  if (rule.exposed) reply.header('Access-Control-Expose-Headers', EXPOSED);

  const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  if (!isPreflight) return false;
  const asked = request.headers['access-control-request-headers'];
  if (typeof asked === 'string' && /^[\w\-, ]{1,1000}$/.test(asked)) reply.header('Access-Control-Allow-Headers', asked);
  reply.header('Access-Control-Max-Age', String(MAX_AGE_SECONDS));
  reply.code(200).header('Content-Type', 'text/plain').send('');
  return true;
}
