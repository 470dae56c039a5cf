import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PAGE_PORTS } from '../layout/page-ports.adapter.js';
import type { PagePorts } from '../layout/page-ports.js';
import { sendPage } from '../layout/send-page.js';
import { showLanding } from './landing-page.js';

@Controller()
export class LandingController {
  constructor(@Inject(PAGE_PORTS) private readonly ports: PagePorts) {}

  @Get('/')
  async landing(@Res() reply: FastifyReply): Promise<void> {
    sendPage(reply, await showLanding(this.ports), this.ports.settings);
  }
}
