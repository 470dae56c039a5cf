import { AppError } from '@trunkline/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FORM_BYTES_MAX, parseForm } from './form-body.js';
import { readJsonBody } from './json-body.js';
import { installMultipart } from './multipart.js';

/** application/json, and whatever ends in +json: activity+json, ld+json, problem+json. */
const JSON_TYPE = /^application\/(?:[a-z0-9!#$&^_.-]{1,100}\+)?json\s{0,5}(?:;|$)/i;

type Parse = (request: FastifyRequest, body: Buffer) => unknown;

/**
 * How bodies are read: JSON, forms and multipart, all at most `bodyBytesMax` on the wire. Compressed bodies are
 * refused, so that the limit holds after decompression too. Other types are 415, unless the body is empty.
 */
export function installBodyParsers(instance: FastifyInstance, bodyBytesMax: number): void {
  const parser = (parse: Parse) => (request: FastifyRequest, body: Buffer, done: (error: Error | null, value?: unknown) => void) => {
    let value: unknown;
    try {
      refuseCompressed(request);
      value = parse(request, body);
    } catch (error) {
      return done(error as Error);
    }
    done(null, value);
  };
  instance.removeAllContentTypeParsers();
  const options = { parseAs: 'buffer', bodyLimit: bodyBytesMax } as const;
  instance.addContentTypeParser(JSON_TYPE, options, parser(parseJson));
  instance.addContentTypeParser('application/x-www-form-urlencoded', { ...options, bodyLimit: Math.min(bodyBytesMax, FORM_BYTES_MAX) }, parser((_, body) => parseForm(body.toString('utf8'))));
  instance.addContentTypeParser('*', options, parser(parseOther));
  installMultipart(instance, FORM_BYTES_MAX);
}

/** The inbox checks a digest of the bytes and stores the text. */
function parseJson(request: FastifyRequest, body: Buffer): unknown {
  const { text, value } = readJsonBody(body);
  if (isInbox(request)) {
    request.rawBody = body;
    request.rawText = text;
  }
  return value;
}

function parseOther(_request: FastifyRequest, body: Buffer): unknown {
  if (body.length === 0) return {};
  throw new AppError(415, 'unsupported_media_type', 'This content type is not supported');
}

function refuseCompressed(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new AppError(415, 'unsupported_encoding', 'Compressed bodies are not supported');
  }
}

/** `/inbox`, `/inbox/<accountId>` and `/inbox/actor`. */
function isInbox(request: FastifyRequest): boolean {
  const path = pathOf(request.url);
  return path === '/inbox' || path.startsWith('/inbox/');
}

/** The path of a request target, without the query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
