import { Controller, Get, Inject, Param, Req, UseGuards } from '@nestjs/common';
import { isHashtag } from '@trunkline/domain';
import { recordNotFound, renderPreferences, renderTag } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, viewerIdOf, type Backbone } from '@trunkline/platform';
import { renderContextOf } from '@trunkline/social';
import type { FastifyRequest } from 'fastify';

/** Small answers that need no store. */
@Controller('/api/v1')
@UseGuards(ClientGuard)
export class SmallListsController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get('preferences')
  preferences(@Req() request: FastifyRequest): Record<string, unknown> {
    return renderPreferences(personOf(request).user);
  }

  /** Any name that could be a hashtag is one, used or not. */
  @Get('tags/:name')
  tag(@Req() request: FastifyRequest, @Param('name') name: string): Record<string, unknown> {
    if (!isHashtag(name)) throw recordNotFound();
    return renderTag(name, renderContextOf(this.backbone.settings), viewerIdOf(request) === null ? {} : { following: false });
  }
}
