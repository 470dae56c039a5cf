import { Body, Controller, Get, Inject, Req, UseGuards } from '@nestjs/common';
import {
  CreateAppParams,
  readParams,
  renderApplication,
  renderCredentialApplication,
  tokenInvalid,
  type ApplicationJson,
  type CredentialApplicationJson,
} from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, PostOk, type Backbone } from '@trunkline/platform';
import type { FastifyRequest } from 'fastify';

/** Client programs register themselves and ask how they are known. */
@Controller('/api/v1/apps')
@UseGuards(ClientGuard)
export class AppsController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @PostOk()
  async create(@Body() body: unknown): Promise<CredentialApplicationJson> {
    const params = readParams(CreateAppParams, body);
    const created = await this.backbone.applications.create({ id: this.backbone.ids.next(), ...params });
    return renderCredentialApplication(created.application, created.clientSecret, this.vapidPublicKey());
  }

  @Get('/verify_credentials')
  async verify(@Req() request: FastifyRequest): Promise<ApplicationJson> {
    const appId = request.client?.token?.appId;
    const application = appId === undefined ? null : await this.backbone.applications.byId(appId);
    if (application === null) throw tokenInvalid();
    return renderApplication(application, this.vapidPublicKey());
  }

  private vapidPublicKey(): string {
    return this.backbone.settings.vapid?.publicKey ?? '';
  }
}
