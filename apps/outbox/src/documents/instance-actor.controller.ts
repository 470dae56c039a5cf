import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { instanceActorUris, instanceHandle, instanceName, multikeyOfPem, prefersActivity, renderInstanceActor, renderOrderedCollection } from '@trunkline/activitypub';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { INSTANCE_SENDER } from '../plan-delivery/plan.js';
import type { Document } from './document.js';
import { sendActivity } from './documents.adapter.js';

/** The server's own actor, which signs its fetches. Always readable unsigned: else two strict servers ask each other for ever. */
@Controller('actor')
export class InstanceActorController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get()
  async actor(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { settings, instanceKey, proofKeys } = this.backbone;
    const document = renderInstanceActor({
      uris: instanceActorUris(settings.baseUrl),
      username: instanceName(settings.localDomain),
      webfinger: instanceHandle(settings.localDomain),
      url: `${settings.baseUrl}/about`,
      displayName: settings.site.title,
      publicKeyPem: (await instanceKey.getOrCreate()).publicKeyPem,
      proofKeyMultibase: multikeyOfPem((await proofKeys.getOrCreate(INSTANCE_SENDER)).publicKeyPem),
    });
    this.send(request, reply, document);
  }

  /** It says nothing, but the document names an outbox. */
  @Get('outbox')
  outbox(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { outbox } = instanceActorUris(this.backbone.settings.baseUrl);
    this.send(request, reply, renderOrderedCollection({ id: outbox, totalItems: 0, items: [] }));
  }

  private send(request: FastifyRequest, reply: FastifyReply, json: Document['json']): void {
    reply.header('Vary', 'Accept').header('Cache-Control', 'public, max-age=180');
    if (prefersActivity(request.headers.accept)) sendActivity(reply, { json });
    else void reply.redirect(`${this.backbone.settings.baseUrl}/about`, 302);
  }
}
