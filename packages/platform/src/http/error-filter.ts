import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { AppError } from '@trunkline/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logging/logger.js';
import { ERROR_PAGE_POLICY, errorPage, wantsPage } from './error-page.js';
import { routeOf } from './edge-hooks.js';

/** What is said when the thrown thing has no text of ours for strangers. */
const SAFE_TEXTS: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'The access token is invalid',
  403: 'This action is not allowed',
  // Of the router: there is no such address. What has an address and is not there is an AppError with its own words.
  404: 'Not Found',
  408: 'The request took too long to arrive',
  410: 'Gone',
  413: 'The request is too large',
  414: 'The address is too long',
  415: 'This content type is not supported',
  422: 'The request could not be processed',
  429: 'Too many requests',
  503: 'Service temporarily unavailable',
};
const OUR_FAULT = 'Something broke on this server. It has been noted.';

/** Mastodon's error form: `{"error": "…"}` and what the error adds to it. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> & { readonly error: string };
  readonly headers: Readonly<Record<string, string>>;
}

/** What a stranger is told about an error. Stacks, messages and contexts of anything but an AppError stay inside. */
export function answerFor(error: unknown): ErrorAnswer {
  if (error instanceof AppError) {
    const { body, retryAfterSeconds } = error.extra;
    return {
      status: error.status,
      body: { error: error.safe, ...body },
      headers: retryAfterSeconds === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) },
    };
  }
  const status = statusOf(error);
  return { status, body: { error: SAFE_TEXTS[status] ?? (status < 500 ? 'The request is not valid' : OUR_FAULT) }, headers: {} };
}

function statusOf(error: unknown): number {
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

/** Turns whatever was thrown into an answer: JSON for machines, a page for people. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly siteTitle: string,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // Messages and sockets have their own ways: only requests are answered here.
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also used for what the router refuses before Nest sees it. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { status, body, headers } = answerFor(error);
    this.log(status, error, request);
    // A handler that wrote the answer itself may fail afterwards: there is nobody to tell.
    if (reply.sent || reply.raw.headersSent) return;
    reply.code(status).headers(headers).header('Cache-Control', 'no-store');
    if (wantsPage(request.url, request.headers.accept)) {
      reply.header('Vary', 'Accept').header('Content-Security-Policy', ERROR_PAGE_POLICY).type('text/html; charset=utf-8').send(errorPage(status, body.error, this.siteTitle));
    } else {
      reply.type('application/json; charset=utf-8').send(body);
    }
  }

  private log(status: number, error: unknown, request: FastifyRequest): void {
    const fields = { event: 'request_failed', status, route: routeOf(request), request_id: request.id, ...reasonOf(error) };
    if (status === 503) this.logger.warn({ ...fields, err: error }, 'request refused for now');
    else if (status >= 500) this.logger.error({ ...fields, err: error }, 'request failed');
    else this.logger.debug(fields, 'request refused');
  }
}

/** What a refusal's line says. Messages of frameworks are left out: they quote the path or the body. */
function reasonOf(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof AppError) return { error_code: error.code, context: error.extra.context };
  return { error_type: error instanceof Error ? error.name : typeof error };
}
