import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { AppError } from '@trunkline/kernel';
import { assertKey, type FileStore } from '@trunkline/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FILES } from './files.js';
import { headersFor } from './media-type.js';

/** A key names one content for ever: a changed picture gets a new key. */
const CACHE = 'public, max-age=2419200, immutable';

/** `/media/<key>`: bytes that people uploaded. They may be looked at, and do nothing. */
@Controller('/media')
export class ServeFileController {
  constructor(@Inject(FILES) private readonly files: FileStore) {}

  @Get('*')
  async file(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const key = (request.params as Record<string, string>)['*'] ?? '';
    const file = isKey(key) ? await this.files.get(key) : null;
    if (file === null) throw new AppError(404, 'file_not_found', 'Record not found');
    const { type, disposition } = headersFor(key);
    reply
      .headers({
        'Content-Type': type,
        'Content-Length': String(file.bytes),
        'Content-Disposition': disposition,
        'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
        'Cross-Origin-Resource-Policy': 'cross-origin',
        'Cache-Control': CACHE,
      })
      .send(file.content);
  }
}

/** Strangers write paths: what is no key of ours is not looked for. */
function isKey(text: string): boolean {
  try {
    assertKey(text);
    return true;
  } catch {
    return false;
  }
}
