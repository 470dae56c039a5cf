import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bodyText, queryText } from '../pages/body-text.js';
import { checkFormToken, issueFormToken } from '../pages/form-token.js';
import { sendPage, type Site } from '../pages/page.js';
import { FormThrottle } from './form-throttle.js';
import { returnPath } from './return-path.js';
import { signInPage, signOutPage, type SignInForm } from './sign-in-page.js';
import { signIn, type SignInFailure } from './sign-in.js';
import { endSession, signedIn, startSession } from './web-session.js';

const STATUS: Readonly<Record<SignInFailure['code'], number>> = { wrong: 422, unconfirmed: 403, pending: 403, disabled: 403, throttled: 429 };

/** The pages where people sign in and out of this server in a browser. */
@Controller('/auth')
export class SignInController {
  private readonly throttle: FormThrottle;
  private readonly site: Site;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    this.throttle = new FormThrottle(backbone);
    this.site = backbone.settings.site;
  }

  @Get('/sign_in')
  async form(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const returnTo = returnPath(queryText(request, 'return_to'));
    const anew = queryText(request, 'anew') === 'true';
    if (!anew && (await signedIn(this.backbone, request)) !== null) {
      reply.redirect(returnTo, 302);
      return;
    }
    this.show(request, reply, 200, { returnTo, email: '', failure: null });
  }

  @Post('/sign_in')
  async signIn(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    checkFormToken(request, this.backbone.settings.baseUrl);
    const returnTo = returnPath(bodyText(request, 'return_to'));
    const email = bodyText(request, 'email').trim();
    const attempt = { email, password: bodyText(request, 'password'), ip: request.ip };
    const outcome = await signIn({ users: this.backbone.users, store: this.backbone.store, throttle: this.throttle }, attempt);
    if (outcome.ok) {
      await startSession(this.backbone, request, reply, outcome.value);
      reply.header('Cache-Control', 'no-store').redirect(returnTo, 302);
      return;
    }
    if (outcome.error.code === 'throttled') reply.header('Retry-After', String(outcome.error.retryAfterSeconds));
    this.show(request, reply, STATUS[outcome.error.code], { returnTo, email: email.slice(0, 320), failure: outcome.error });
  }

  @Get('/sign_out')
  async signOutForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const user = await signedIn(this.backbone, request);
    const [account] = user === null ? [] : await this.backbone.store.accountsByIds([user.accountId]);
    if (account === undefined) {
      reply.redirect('/auth/sign_in', 302);
      return;
    }
    const { baseUrl, localDomain } = this.backbone.settings;
    sendPage(reply, 200, signOutPage(issueFormToken(request, reply, baseUrl), `@${account.username}@${localDomain}`), this.site);
  }

  @Post('/sign_out')
  async signOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    checkFormToken(request, this.backbone.settings.baseUrl);
    await endSession(this.backbone, request, reply);
    reply.redirect('/auth/sign_in', 302);
  }

  private show(request: FastifyRequest, reply: FastifyReply, status: number, form: Pick<SignInForm, 'returnTo' | 'email' | 'failure'>): void {
    const formToken = issueFormToken(request, reply, this.backbone.settings.baseUrl);
    const { registrations } = this.backbone.policy.current();
    sendPage(reply, status, signInPage({ ...form, formToken, registrations }), this.site);
  }
}
