import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { instanceActorUris, renderHostMeta, renderNodeInfoLinks, type JsonObject } from '@trunkline/activitypub';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findWebfinger } from './find-webfinger.js';

const CACHE = 'public, max-age=180';
const JRD = 'application/jrd+json; charset=utf-8';

/** How other servers find people and learn what this is. Open to everybody, whatever the federation settings say. */
@Controller('.well-known')
export class DiscoveryController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get('webfinger')
  async webfinger(@Query('resource') resource: unknown, @Res() reply: FastifyReply): Promise<void> {
    reply.header('Access-Control-Allow-Origin', '*');
    answer(reply, JRD, await findWebfinger(this.backbone, resource));
  }

  @Get('host-meta')
  hostMeta(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    reply.header('Vary', 'Accept');
    if (/\bapplication\/(jrd\+)?json\b/i.test(request.headers.accept ?? '')) return this.hostMetaJson(reply);
    reply.header('Cache-Control', CACHE).type('application/xrd+xml; charset=utf-8').send(renderHostMeta(this.backbone.settings.baseUrl));
  }

  @Get('host-meta.json')
  hostMetaJson(@Res() reply: FastifyReply): void {
    const template = `${this.backbone.settings.baseUrl}/.well-known/webfinger?resource={uri}`;
    answer(reply, JRD, { links: [{ rel: 'lrdd', type: 'application/jrd+json', template }] });
  }

  @Get('nodeinfo')
  nodeinfo(@Res() reply: FastifyReply): void {
    const { baseUrl } = this.backbone.settings;
    answer(reply, 'application/json; charset=utf-8', renderNodeInfoLinks(baseUrl, instanceActorUris(baseUrl).id));
  }
}

function answer(reply: FastifyReply, contentType: string, json: JsonObject): void {
  reply.header('Cache-Control', CACHE).type(contentType).send(JSON.stringify(json));
}
