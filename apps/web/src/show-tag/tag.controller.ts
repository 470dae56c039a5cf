import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PAGE_PORTS } from '../layout/page-ports.adapter.js';
import type { PagePorts } from '../layout/page-ports.js';
import { sendPage } from '../layout/send-page.js';
import { showTag } from './tag-page.js';

@Controller()
export class TagController {
  constructor(@Inject(PAGE_PORTS) private readonly ports: PagePorts) {}

  @Get('/tags/:tag')
  async tag(@Param('tag') tag: string, @Query('max_id') maxId: unknown, @Res() reply: FastifyReply): Promise<void> {
    sendPage(reply, await showTag(this.ports, tag, maxId), this.ports.settings);
  }
}
