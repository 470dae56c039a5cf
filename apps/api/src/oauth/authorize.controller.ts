import { Controller, Get, Inject, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { User } from '@trunkline/domain';
import { AuthorizeParams, OUT_OF_BAND } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, type Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bodyText, queryText } from '../pages/body-text.js';
import { checkFormToken, issueFormToken } from '../pages/form-token.js';
import { sendPage } from '../pages/page.js';
import { signInPath } from '../sign-in/return-path.js';
import { signedIn } from '../sign-in/web-session.js';
import { readAuthorizeRequest, redirectWith, type AuthorizeInput, type AuthorizeRequest } from './authorize-request.js';
import { authorizePath, codePage, consentPage, refusedPage } from './consent-page.js';

const NATIVE = '/oauth/authorize/native';

interface Asked {
  readonly input: AuthorizeInput;
  readonly request: AuthorizeRequest;
}

/** Where apps send people: who are they, and do they agree? */
@Controller('/oauth')
@UseGuards(ClientGuard)
export class AuthorizeController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get('/authorize')
  async ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const asked = await this.read(request.query, reply);
    if (asked === null) return;
    const user = asked.forceLogin ? null : await signedIn(this.backbone, request);
    if (user === null) return this.toSignIn(reply, asked.input, asked.forceLogin);
    await this.showConsent(request, reply, asked, user);
  }

  @Post('/authorize')
  async decide(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    checkFormToken(request, this.backbone.settings.baseUrl);
    const asked = await this.read(request.body, reply);
    if (asked === null) return;
    const user = await signedIn(this.backbone, request);
    if (user === null) return this.toSignIn(reply, asked.input);
    const { redirectUri, state } = asked.request;
    if (bodyText(request, 'decision') !== 'authorize') {
      const denied = { error: 'access_denied', error_description: 'The resource owner or authorization server denied the request.', state };
      if (redirectUri === OUT_OF_BAND) sendPage(reply, 403, refusedPage('You did not agree.'), this.backbone.settings.site);
      else this.leave(reply, redirectWith(redirectUri, denied));
      return;
    }
    const code = await this.grant(asked.request, user);
    if (redirectUri === OUT_OF_BAND) this.leave(reply, redirectWith(NATIVE, { code }));
    else this.leave(reply, redirectWith(redirectUri, { code, state }));
  }

  @Get('/authorize/native')
  showCode(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendPage(reply, 200, codePage(queryText(request, 'code').slice(0, 200)), this.backbone.settings.site);
  }

  /** The request when it may go on, else null after a page that says why not. */
  private async read(given: unknown, reply: FastifyReply): Promise<(Asked & { readonly forceLogin: boolean }) | null> {
    const parsed = AuthorizeParams.safeParse(given);
    if (!parsed.success) {
      this.refuse(reply, 'The request is missing a required parameter, includes an unsupported parameter value, or is otherwise malformed.');
      return null;
    }
    const { forceLogin, ...input } = parsed.data;
    const request = await readAuthorizeRequest(this.backbone.applications, input);
    if (!request.ok) {
      this.refuse(reply, request.error.safe);
      return null;
    }
    return { input, request: request.value, forceLogin };
  }

  private async showConsent(request: FastifyRequest, reply: FastifyReply, asked: Asked, user: User): Promise<void> {
    const [account] = await this.backbone.store.accountsByIds([user.accountId]);
    const { baseUrl, localDomain, site } = this.backbone.settings;
    const page = consentPage({
      ...asked,
      acct: `@${account?.username ?? ''}@${localDomain}`,
      formToken: issueFormToken(request, reply, baseUrl),
      otherPersonPath: signInPath(authorizePath(asked.input), true),
    });
    sendPage(reply, 200, page, site);
  }

  private grant({ application, redirectUri, scopes, codeChallenge }: AuthorizeRequest, user: User): Promise<string> {
    return this.backbone.tokens.grant({ appId: application.id, userId: user.id, redirectUri, scopes, codeChallenge });
  }

  private refuse(reply: FastifyReply, sentence: string): void {
    sendPage(reply, 400, refusedPage(sentence), this.backbone.settings.site);
  }

  private toSignIn(reply: FastifyReply, input: AuthorizeInput, anew = false): void {
    this.leave(reply, signInPath(authorizePath(input), anew));
  }

  private leave(reply: FastifyReply, address: string): void {
    reply.header('Cache-Control', 'no-store').redirect(address, 302);
  }
}
