import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { renderNodeInfo } from '@trunkline/activitypub';
import { notFound } from '@trunkline/kernel';
import { BACKBONE, VERSION, type Backbone } from '@trunkline/platform';
import type { FastifyReply } from 'fastify';
import { countUsage } from './count-usage.js';

/** Counts for server lists. Lemmy takes three days of errors here for the server's death. */
@Controller('nodeinfo')
export class NodeInfoController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get(':version')
  async nodeinfo(@Param('version') asked: string, @Res() reply: FastifyReply): Promise<void> {
    // Other servers have it under a name with an ending, and some ask there without a look at the links.
    const version = asked.replace(/\.json$/, '');
    if (version !== '2.0' && version !== '2.1') throw notFound();
    const { settings, policy } = this.backbone;
    const usage = await countUsage(this.backbone);
    const json = renderNodeInfo(version, {
      softwareVersion: VERSION,
      repositoryUrl: settings.site.sourceUrl,
      homepageUrl: null,
      openRegistrations: policy.current().registrations !== 'none',
      usersTotal: usage.users,
      usersActiveMonth: usage.activeMonth,
      usersActiveHalfyear: usage.activeHalfYear,
      localPosts: usage.localStatuses,
      nodeName: settings.site.title,
      nodeDescription: settings.site.description,
    });
    const profile = `http://nodeinfo.diaspora.software/ns/schema/${version}#`;
    reply.header('Cache-Control', 'public, max-age=180').type(`application/json; profile="${profile}"; charset=utf-8`).send(JSON.stringify(json));
  }
}
