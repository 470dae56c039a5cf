import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import multipart from '@fastify/multipart';
import { AppError } from '@trunkline/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { formFromPairs } from './form-body.js';

/** A file that came with a form, whole in memory. */
export interface UploadedFile {
  readonly field: string;
  /** As the client named it: never a path of ours. */
  readonly filename: string;
  /** As the client says: to be checked against the bytes. */
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** What a route takes besides text fields. */
export interface UploadLimits {
  readonly filesMax: number;
  readonly fileBytesMax: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The files of a multipart form, on routes marked with `Uploads`. */
    uploads: readonly UploadedFile[];
    /** The body as it came, on inbox routes: digests and stored activities need every byte. */
    rawBody?: Buffer;
    /** The same as the text that was parsed. */
    rawText?: string;
  }
  interface FastifyContextConfig {
    uploads?: UploadLimits;
  }
}

const FIELDS_MAX = 1_000;
const NAME_BYTES_MAX = 200;

/** Marks a route that takes files in `request.uploads`. Without it files are read past and dropped. */
export const Uploads = (limits: UploadLimits): MethodDecorator => applyDecorators(RouteConfig({ uploads: limits }));

/** Clients send multipart for ordinary POSTs too: its text fields become `request.body` as with any form. */
export function installMultipart(instance: FastifyInstance, fieldBytesMax: number): void {
  instance.register(multipart, { throwFileSizeLimit: true });
  instance.decorateRequest('uploads', { getter: () => [] });
  // Nearly no request is one: the others pay for no promise.
  instance.addHook('preValidation', (request, reply, done) => {
    if (!request.isMultipart()) return done();
    readParts(request, fieldBytesMax).then(
      () => done(),
      (error: unknown) => {
        // The rest of the body stays unread, so the connection cannot be used again.
        reply.header('Connection', 'close');
        done(error as Error);
      },
    );
  });
}

async function readParts(request: FastifyRequest, fieldBytesMax: number): Promise<void> {
  const limits: UploadLimits = request.routeOptions.config.uploads ?? { filesMax: 0, fileBytesMax: 0 };
  const pairs: [string, string][] = [];
  const uploads: UploadedFile[] = [];
  let fieldBytes = 0;
  const parts = request.parts({
    limits: {
      fieldNameSize: NAME_BYTES_MAX,
      fieldSize: fieldBytesMax,
      fields: FIELDS_MAX,
      files: Math.max(1, limits.filesMax),
      parts: FIELDS_MAX + limits.filesMax,
      // What is only read past is bounded too.
      fileSize: limits.filesMax === 0 ? fieldBytesMax : limits.fileBytesMax,
      headerPairs: 50,
    },
  });
  try {
    for await (const part of parts) {
      if (part.type === 'file') {
        if (limits.filesMax === 0) await drop(part.file);
        else uploads.push({ field: part.fieldname, filename: part.filename, mediaType: part.mimetype, bytes: await part.toBuffer() });
        continue;
      }
      const value = String(part.value);
      fieldBytes += part.fieldname.length + value.length;
      if (fieldBytes > fieldBytesMax || part.valueTruncated) throw tooLarge();
      pairs.push([part.fieldname, value]);
    }
  } catch (error) {
    throw multipartFault(error);
  }
  request.body = formFromPairs(pairs);
  Object.defineProperty(request, 'uploads', { value: uploads });
}

async function drop(file: AsyncIterable<unknown>): Promise<void> {
  for await (const chunk of file) void chunk;
}

const tooLarge = (cause?: unknown): AppError => new AppError(413, 'body_too_large', 'The request is too large', { cause });

function multipartFault(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const status = (error as { statusCode?: unknown }).statusCode;
  return status === 413 ? tooLarge(error) : new AppError(400, 'bad_multipart', 'The form is not valid', { cause: error });
}
