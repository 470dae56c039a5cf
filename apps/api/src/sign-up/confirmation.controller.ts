import { createHash } from 'node:crypto';
import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { checkEmail } from '@trunkline/domain';
import { tooManyRequests } from '@trunkline/mastodon-api';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bodyText, queryText } from '../pages/body-text.js';
import { checkFormToken, issueFormToken } from '../pages/form-token.js';
import { sendPage, type Page } from '../pages/page.js';
import { FormThrottle } from '../sign-in/form-throttle.js';
import { confirmAddress, resendConfirmation } from './confirm-address.js';
import { confirmedPage, resendPage, resentPage, staleLinkPage } from './sign-up-page.js';
import { SignUpAdapter } from './sign-up.adapter.js';

/** The link in the mail, and the page to have it sent again. */
@Controller('/auth/confirmation')
export class ConfirmationController {
  private readonly throttle: FormThrottle;

  constructor(
    @Inject(BACKBONE) private readonly backbone: Backbone,
    private readonly signUp: SignUpAdapter,
  ) {
    this.throttle = new FormThrottle(backbone);
  }

  @Get()
  async confirm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const user = await confirmAddress(this.signUp.ports, queryText(request, 'confirmation_token'));
    if (user === null) this.show(reply, 404, staleLinkPage());
    else this.show(reply, 200, confirmedPage(!user.approved));
  }

  @Get('/new')
  form(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.show(reply, 200, resendPage(issueFormToken(request, reply, this.backbone.settings.baseUrl), []));
  }

  @Post()
  async resend(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { baseUrl } = this.backbone.settings;
    checkFormToken(request, baseUrl);
    const email = bodyText(request, 'email').trim();
    if (!checkEmail(email).ok) {
      const faults = [{ field: 'email', sentence: 'This does not look like an e-mail address.' }];
      return this.show(reply, 422, resendPage(issueFormToken(request, reply, baseUrl), faults, email.slice(0, 320)));
    }
    const wait = await this.throttle.resend(request.ip, createHash('sha256').update(email.toLowerCase()).digest('base64url'));
    if (wait !== null) throw tooManyRequests(wait);
    await resendConfirmation(this.signUp.ports, email);
    this.show(reply, 200, resentPage());
  }

  private show(reply: FastifyReply, status: number, page: Page): void {
    sendPage(reply, status, page, this.backbone.settings.site);
  }
}
