import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PAGE_PORTS } from '../layout/page-ports.adapter.js';
import type { PagePorts } from '../layout/page-ports.js';
import { sendPage } from '../layout/send-page.js';
import { showAbout } from './about-page.js';

@Controller()
export class AboutController {
  constructor(@Inject(PAGE_PORTS) private readonly ports: PagePorts) {}

  @Get('/about')
  about(@Res() reply: FastifyReply): void {
    sendPage(reply, showAbout(this.ports), this.ports.settings);
  }
}
