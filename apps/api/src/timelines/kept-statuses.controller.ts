import { Controller, Get, Inject, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { Page } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { pageParams, readParams, STATUSES_PER_PAGE, type StatusJson } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, type Backbone } from '@trunkline/platform';
import { presentStatuses, viewStatuses, type Entry } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setPageLinks } from '../rendering/page-links.js';

const KeptParams = pageParams(STATUSES_PER_PAGE);

/** What somebody bookmarked or favourited, in the order they did; only what they may still see. */
@Controller('/api/v1')
@UseGuards(ClientGuard)
export class KeptStatusesController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get('bookmarks')
  bookmarks(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<StatusJson[]> {
    return this.kept(request, reply, query, (accountId, page) => this.backbone.store.bookmarkStatusIds(accountId, page));
  }

  @Get('favourites')
  favourites(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<StatusJson[]> {
    return this.kept(request, reply, query, (accountId, page) => this.backbone.store.favouriteStatusIds(accountId, page));
  }

  private async kept(
    request: FastifyRequest,
    reply: FastifyReply,
    query: unknown,
    source: (accountId: AccountId, page: Page) => Promise<Entry<StatusId>[]>,
  ): Promise<StatusJson[]> {
    const { account } = personOf(request);
    const page = readParams(KeptParams, query);
    const entries = await source(account.id, page);
    setPageLinks(request, reply, { baseUrl: this.backbone.settings.baseUrl, ids: entries.map((entry) => entry.entryId), limit: page.limit });
    const views = await viewStatuses(this.backbone, account.id, entries.map((entry) => entry.id));
    return presentStatuses(this.backbone, account.id, views);
  }
}
