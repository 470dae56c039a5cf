import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { AppError } from '@trunkline/kernel';
import type { FastifyReply } from 'fastify';
import { PAGE_PORTS } from '../layout/page-ports.adapter.js';
import type { PagePorts } from '../layout/page-ports.js';
import { sendPage } from '../layout/send-page.js';
import { showHandOver } from './hand-over-page.js';

const CHARS_MAX = 2_048;

/** `/authorize_interaction?uri=`: the address that WebFinger names for interactions from elsewhere. */
@Controller()
export class HandOverController {
  constructor(@Inject(PAGE_PORTS) private readonly ports: PagePorts) {}

  @Get('/authorize_interaction')
  async handOver(@Query('uri') uri: unknown, @Res() reply: FastifyReply): Promise<void> {
    if (typeof uri !== 'string' || uri.trim() === '' || uri.length > CHARS_MAX) throw new AppError(400, 'uri_missing', 'The address of a profile or post is missing');
    sendPage(reply, await showHandOver(this.ports, uri.trim()), this.ports.settings);
  }
}
