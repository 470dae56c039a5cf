import { Controller, Get, Inject, Query, Req, UseGuards } from '@nestjs/common';
import { MarkersParams, readParams, renderMarkers, SaveMarkersParams } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, PostOk, type Backbone } from '@trunkline/platform';
import type { MarkerRow } from '@trunkline/social';
import type { FastifyRequest } from 'fastify';

/** How far somebody has read, kept for all of their apps. */
@Controller('/api/v1/markers')
@UseGuards(ClientGuard)
export class MarkersController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get()
  async read(@Req() request: FastifyRequest, @Query() query: unknown): Promise<unknown> {
    const { timelines } = readParams(MarkersParams, query);
    if (timelines.length === 0) return {};
    return renderMarkers(await this.backbone.markers.get(personOf(request).account.id, timelines));
  }

  @PostOk()
  async save(@Req() request: FastifyRequest): Promise<unknown> {
    const { account } = personOf(request);
    const saved: MarkerRow[] = [];
    for (const { timeline, lastReadId } of readParams(SaveMarkersParams, request.body)) {
      saved.push(await this.backbone.markers.set(account.id, timeline, lastReadId));
    }
    return renderMarkers(saved);
  }
}
