import { Controller, Get, Inject, Res } from '@nestjs/common';
import { SETTINGS, type Settings } from '@trunkline/platform';
import type { FastifyReply } from 'fastify';
import { sendPage } from '../layout/send-page.js';
import { homePage } from './home-page.js';

/** `/home`: a client of our own API in one page. The server knows nothing of who looks at it. */
@Controller()
export class HomeController {
  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  @Get('/home')
  home(@Res() reply: FastifyReply): void {
    sendPage(reply, homePage(this.settings.localDomain), this.settings);
  }
}
