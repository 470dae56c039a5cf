import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import cookie from '@fastify/cookie';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BodyBudget, installBodyBudget } from './body-budget.js';
import { installBodyParsers } from './body-parsers.js';
import { refuseBrokenRequest } from './broken-request.js';
import { installEdgeHooks, type EdgeParts } from './edge-hooks.js';
import { ErrorFilter } from './error-filter.js';
import { parseForm } from './form-body.js';
import { installProbes } from './probes.js';

/** Counted on the wire; compressed bodies are refused. */
export const BODY_BYTES_MAX = 1_048_576;
const HEADER_BYTES_MAX = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than the keep-alive of usual proxies (60 s), so that the proxy closes first and meets no reset. */
const KEEP_ALIVE_MS = 65_000;
const CONNECTIONS_MAX = 20_000;
const PARAMETER_CHARS_MAX = 500;
/** Of all bodies in hand, and of those of one address. */
const BODIES_BYTES_MAX = 256 * BODY_BYTES_MAX;
const BODIES_PER_ADDRESS_BYTES_MAX = 16 * BODY_BYTES_MAX;

export interface HttpAdapter {
  readonly adapter: FastifyAdapter;
  readonly filter: ErrorFilter;
}

/**
 * Fastify as every service of Trunkline uses it: limits, body parsing, headers, errors, probes, logs and metrics of the
 * HTTP edge. Create the Nest application with `bodyParser: false` and use `filter` as a global filter.
 */
export function createHttpAdapter(parts: EdgeParts): HttpAdapter {
  const { settings, logger, health } = parts;
  const filter = new ErrorFilter(logger, settings.site.title);
  const adapter = new FastifyAdapter({
    logger: false,
    trustProxy: [...settings.trustedProxies],
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: false,
    requestIdHeader: false,
    genReqId: requestId,
    http: { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: 5_000 },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: PARAMETER_CHARS_MAX, querystringParser: parseForm },
    clientErrorHandler: refuseBrokenRequest,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => filter.answer(error, request, reply),
  });
  const instance = adapter.getInstance() as unknown as FastifyInstance;
  instance.server.maxConnections = CONNECTIONS_MAX;
  installEdgeHooks(instance, parts);
  installBodyBudget(instance, new BodyBudget({ bytesMax: BODIES_BYTES_MAX, perAddressBytesMax: BODIES_PER_ADDRESS_BYTES_MAX, bodyBytesMax: BODY_BYTES_MAX }));
  instance.register(cookie);
  installBodyParsers(instance, BODY_BYTES_MAX);
  installProbes(instance, health);
  return { adapter, filter };
}

/** A proxy's id when it looks like one, so that its log and ours can be joined; else a fresh one. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
}
