import { setImmediate } from 'node:timers/promises';
import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { headersFromRaw } from '@trunkline/http-signatures';
import { AppError } from '@trunkline/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReceiveActivityAdapter } from './receive-activity.adapter.js';

/** Mastodon takes plain JSON as well; the body is data, whatever it is called. */
const LARGE_BYTES = 65_536;
const JSON_TYPE = /^application\/(?:(?:activity|ld)\+)?json\s*(?:;|$)/i;

/** Where other servers knock. The edge has refused what is over 1 MiB (413) or no JSON (400). */
@Controller('inbox')
export class ReceiveActivityController {
  constructor(private readonly adapter: ReceiveActivityAdapter) {}

  @Post()
  @HttpCode(202)
  shared(@Req() request: FastifyRequest): Promise<void> {
    return this.take(request, 'shared');
  }

  /** The instance actor's inbox is `/inbox/actor`; it takes what the shared one takes. */
  @Post(':inbox')
  @HttpCode(202)
  own(@Req() request: FastifyRequest, @Param('inbox') inbox: string): Promise<void> {
    // The word is ours: in the path it would be nobody's inbox.
    return this.take(request, inbox === 'shared' ? '' : inbox);
  }

  /** Who only looks whether somebody is there. */
  @Get(['', ':inbox'])
  look(@Res() reply: FastifyReply): void {
    reply.code(405).header('Allow', 'POST').header('Cache-Control', 'no-store').send({ error: 'Inboxes take POST' });
  }

  private async take(request: FastifyRequest, inbox: string): Promise<void> {
    const { rawBody, rawText } = request;
    if (rawBody === undefined || rawText === undefined || !JSON_TYPE.test(request.headers['content-type'] ?? '')) {
      throw new AppError(415, 'unsupported_media_type', 'Send application/activity+json');
    }
    // Parsing a large one was a turn of the event loop; reading what it says is another.
    if (rawBody.length > LARGE_BYTES) await setImmediate();
    return this.adapter.receive({
      from: request.ip,
      path: request.url,
      headers: headersFromRaw(request.raw.rawHeaders),
      body: rawBody,
      text: rawText,
      json: request.body,
      inbox,
    });
  }
}
