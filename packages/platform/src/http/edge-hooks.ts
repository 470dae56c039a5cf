import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HealthRegistry } from '../health.js';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from '../metrics.js';
import type { Settings } from '../settings/settings.js';
import { parseTraceparent, runWithTraceContext, startTrace, type TraceContext } from '../trace.js';
import { applyCors } from './cors.js';

declare module 'fastify' {
  interface FastifyRequest {
    trace: TraceContext | null;
  }
}

/** What an answer that is not a page may do in a browser: nothing. Pages set a policy of their own. */
const NO_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; form-action 'none'";
const HSTS = 'max-age=63072000';
const UNMATCHED = 'unmatched';
const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export interface EdgeParts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
}

/** What every request gets: an id, a trace, security and CORS headers, a line in the log, a place in the metrics. */
export function installEdgeHooks(instance: FastifyInstance, parts: EdgeParts): void {
  const isHttps = parts.settings.nodeEnv === 'production' && parts.settings.baseUrl.startsWith('https:');
  instance.decorateRequest('trace', null);
  instance.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id);
    secure(reply, isHttps);
    if (applyCors(request, reply)) return;
    request.trace = startTrace(parseTraceparent(request.headers.traceparent));
    runWithTraceContext(request.trace, done);
  });
  // Reading the body leaves the call chain of the first hook: the chain of the handler starts here.
  instance.addHook('preHandler', (request, _reply, done) => {
    if (request.trace === null) done();
    else runWithTraceContext(request.trace, done);
  });
  instance.addHook('onSend', (_request, reply, payload, done) => {
    if (!reply.hasHeader('Content-Security-Policy')) reply.header('Content-Security-Policy', NO_CONTENT_POLICY);
    if (!reply.hasHeader('Referrer-Policy')) reply.header('Referrer-Policy', referrerPolicy(reply));
    // Tells keep-alive clients to go elsewhere with their next request, instead of resetting them later.
    if (parts.health.draining) reply.header('Connection', 'close');
    done(null, payload);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    record(request, reply, parts);
    done();
  });
}

function secure(reply: FastifyReply, isHttps: boolean): void {
  reply.header('X-Content-Type-Options', 'nosniff');
  reply.header('X-Frame-Options', 'DENY');
  if (isHttps) reply.header('Strict-Transport-Security', HSTS);
}

/** Pages tell themselves where a form came from (no-referrer would make its Origin null); nothing tells another origin. */
const referrerPolicy = (reply: FastifyReply): string =>
  String(reply.getHeader('Content-Type')).startsWith('text/html') ? 'same-origin' : 'no-referrer';

/** The pattern of the route, never the path: paths hold ids and sometimes secrets. */
export const routeOf = (request: FastifyRequest): string => (request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED));

function record(request: FastifyRequest, reply: FastifyReply, { logger, metrics }: EdgeParts): void {
  const route = routeOf(request);
  const method = KNOWN_METHODS.has(request.method) ? request.method : 'OTHER';
  const seconds = reply.elapsedTime / 1_000;
  metrics.httpDuration.observe({ route, method, status: String(reply.statusCode) }, seconds);
  // Probes are silent: they come several times a second, for ever, and would bury what matters.
  if (request.routeOptions.logLevel === 'silent') return;
  // Refusals of the busy are counted above: a flood of them must not become a flood of lines.
  const level = reply.statusCode === 429 || reply.statusCode === 503 ? 'debug' : 'info';
  logger[level](
    {
      event: 'http_request',
      method,
      route,
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      request_id: request.id,
      trace_id: request.trace?.traceId,
    },
    'request answered',
  );
}
