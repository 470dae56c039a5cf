import { Controller, Get, Inject, Query, Req, UseGuards } from '@nestjs/common';
import { AppError } from '@trunkline/kernel';
import { readParams, renderTag, SearchParams } from '@trunkline/mastodon-api';
import { searchTags } from '@trunkline/persistence';
import { BACKBONE, ClientGuard, viewerIdOf, type Backbone } from '@trunkline/platform';
import { presentAccounts, presentStatuses, renderContextOf } from '@trunkline/social';
import type { FastifyRequest } from 'fastify';
import { searchEverything } from './search-everything.js';

/** One box for accounts, tags and pasted addresses. */
@Controller('/api/v2/search')
@UseGuards(ClientGuard)
export class SearchController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get()
  async search(@Req() request: FastifyRequest, @Query() query: unknown): Promise<Record<string, unknown>> {
    const { page, ...params } = readParams(SearchParams, query);
    const viewerId = viewerIdOf(request);
    // What costs us or others work is done for people, not for passers-by.
    if (viewerId === null && params.resolve) throw needsPerson('Search queries that resolve remote resources are not supported without authentication');
    if (viewerId === null && params.offset > 0) throw needsPerson('Search queries pagination is not supported without authentication');
    const ports = { ...this.backbone, tags: (wanted: Parameters<typeof searchTags>[1]) => searchTags(this.backbone.db, wanted) };
    const found = await searchEverything(ports, viewerId, { ...params, limit: page.limit });
    const ctx = renderContextOf(this.backbone.settings);
    const [accounts, statuses] = await Promise.all([
      presentAccounts(this.backbone, found.accounts),
      presentStatuses(this.backbone, viewerId, found.statuses),
    ]);
    const following = viewerId === null ? {} : { following: false };
    return { accounts, statuses, hashtags: found.hashtags.map((name) => renderTag(name, ctx, following)), collections: [] };
  }
}

const needsPerson = (safe: string): AppError => new AppError(401, 'sign_in_needed', safe);
