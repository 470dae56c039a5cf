import { Controller, Get, Inject, Req, Res, UseGuards } from '@nestjs/common';
import {
  ALL_SCOPES,
  oauthError,
  readParams,
  renderOAuthMetadata,
  renderToken,
  renderUserInfo,
  RevokeParams,
  TokenParams,
  type TokenJson,
} from '@trunkline/mastodon-api';
import type { Application } from '@trunkline/persistence';
import { BACKBONE, ClientGuard, personOf, PostOk, type Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authenticateClient } from './client-authentication.js';
import { exchangeToken } from './exchange-token.js';

const refusal = { refusal: () => oauthError('invalid_request') };

/** What apps ask the authorisation server for without a person in front. */
@Controller()
@UseGuards(ClientGuard)
export class TokenController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @PostOk('/oauth/token')
  async token(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<TokenJson> {
    noStore(reply);
    const params = readParams(TokenParams, request.body, refusal);
    const application = await this.client(request, reply, params);
    const issued = await exchangeToken(this.backbone, application, params);
    if (!issued.ok) throw oauthError(issued.error.code);
    return renderToken(issued.value.token, issued.value.scopes, issued.value.createdAt);
  }

  /** RFC 7009: what is unknown counts as revoked; another client's token is none of theirs. */
  @PostOk('/oauth/revoke')
  async revoke(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Record<string, never>> {
    noStore(reply);
    const params = readParams(RevokeParams, request.body, refusal);
    const application = await authenticateClient(this.backbone.applications, request.headers.authorization, params);
    if (application === null) throw oauthError('unauthorized_client');
    const token = params.token === '' ? null : await this.backbone.tokens.lookup(params.token);
    if (token === null) return {};
    if (token.appId !== application.id) throw oauthError('unauthorized_client');
    await this.backbone.tokens.revoke(params.token, application.id);
    // Open streams of this token end; others of the same person come back by themselves.
    if (token.user !== null) this.backbone.live.killed(token.user.accountId);
    return {};
  }

  @Get('/oauth/userinfo')
  userInfo(@Req() request: FastifyRequest): Record<string, unknown> {
    return renderUserInfo(personOf(request).account, this.backbone.settings.baseUrl);
  }

  @PostOk('/oauth/userinfo')
  userInfoByPost(@Req() request: FastifyRequest): Record<string, unknown> {
    return this.userInfo(request);
  }

  @Get('/.well-known/oauth-authorization-server')
  metadata(): Record<string, unknown> {
    return renderOAuthMetadata(this.backbone.settings.baseUrl, ALL_SCOPES);
  }

  private async client(
    request: FastifyRequest,
    reply: FastifyReply,
    given: { readonly clientId: string | null; readonly clientSecret: string | null },
  ): Promise<Application> {
    const application = await authenticateClient(this.backbone.applications, request.headers.authorization, given);
    if (application !== null) return application;
    if (request.headers.authorization !== undefined) reply.header('WWW-Authenticate', 'Basic realm="OAuth"');
    throw oauthError('invalid_client');
  }
}

/** RFC 6749 §5.1 */
function noStore(reply: FastifyReply): void {
  reply.header('Cache-Control', 'no-store').header('Pragma', 'no-cache');
}
