import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { AppError } from '@trunkline/kernel';
import { RegisterParams, tooManyRequests } from '@trunkline/mastodon-api';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bodyText } from '../pages/body-text.js';
import type { FormFault } from '../pages/form-parts.js';
import { checkFormToken, issueFormToken } from '../pages/form-token.js';
import { sendPage, type Page } from '../pages/page.js';
import { FormThrottle } from '../sign-in/form-throttle.js';
import { registerPerson } from './register-person.js';
import { faultsOfIssues, formFaults } from './sign-up-faults.js';
import { checkMailPage, closedPage, signUpPage, TRAP_FIELD } from './sign-up-page.js';
import { SignUpAdapter } from './sign-up.adapter.js';

/** The plain page where people join. Apps use POST /api/v1/accounts. */
@Controller('/auth/sign_up')
export class SignUpController {
  private readonly throttle: FormThrottle;

  constructor(
    @Inject(BACKBONE) private readonly backbone: Backbone,
    private readonly signUp: SignUpAdapter,
  ) {
    this.throttle = new FormThrottle(backbone);
  }

  @Get()
  form(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (this.backbone.policy.current().registrations === 'none') this.show(reply, 200, closedPage(this.backbone.settings.localDomain));
    else this.showForm(request, reply, 200, []);
  }

  @Post()
  async join(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    checkFormToken(request, this.backbone.settings.baseUrl);
    if (bodyText(request, TRAP_FIELD) !== '') throw new AppError(422, 'trap_field', 'The form could not be processed');
    const parsed = RegisterParams.safeParse(request.body);
    if (!parsed.success) return this.showForm(request, reply, 422, formFaults(faultsOfIssues(parsed.error.issues)));
    const wait = await this.throttle.signUp(request.ip);
    if (wait !== null) throw tooManyRequests(wait);
    const outcome = await registerPerson(this.signUp.ports, parsed.data, { appId: null, ip: request.ip });
    if (outcome.ok) this.show(reply, 200, checkMailPage(outcome.value.user.email, outcome.value.mailed));
    else if (outcome.error.code === 'closed') this.show(reply, 403, closedPage(this.backbone.settings.localDomain));
    else this.showForm(request, reply, 422, formFaults(outcome.error.faults));
  }

  private showForm(request: FastifyRequest, reply: FastifyReply, status: number, faults: readonly FormFault[]): void {
    const { baseUrl, localDomain } = this.backbone.settings;
    const page = signUpPage({
      formToken: issueFormToken(request, reply, baseUrl),
      localDomain,
      policy: this.backbone.policy.current(),
      given: {
        username: bodyText(request, 'username'),
        email: bodyText(request, 'email'),
        reason: bodyText(request, 'reason'),
        agreed: bodyText(request, 'agreement') === 'true',
      },
      faults,
    });
    this.show(reply, status, page);
  }

  private show(reply: FastifyReply, status: number, page: Page): void {
    sendPage(reply, status, page, this.backbone.settings.site);
  }
}
