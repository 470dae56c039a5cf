import { Controller, Get, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { Page } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { ACCOUNTS_PER_PAGE, pageParams, readParams, ReblogParams, recordNotFound, type AccountJson, type StatusJson } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, PostOk, viewerIdOf, type Backbone } from '@trunkline/platform';
import { presentAccounts, presentStatuses, type Entry, type StatusView } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setPageLinks } from '../rendering/page-links.js';
import { recordId } from '../rendering/record-id.js';
import { listReactors } from './list-reactors.js';
import { bookmark, boost, favourite, pin, unpin, unbookmark, unboost, unfavourite, visibleTarget } from './react-to-status.js';

const ReactorsParams = pageParams(ACCOUNTS_PER_PAGE);

/** What people do with a status, and who did. An id of a boost stands for what it shows. */
@Controller('/api/v1/statuses/:id')
@UseGuards(ClientGuard)
export class ReactionsController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @PostOk('favourite')
  favourite(@Req() request: FastifyRequest, @Param('id') id: string): Promise<StatusJson> {
    return this.show(request, favourite(this.backbone, personOf(request).account.id, recordId(id)));
  }

  @PostOk('unfavourite')
  unfavourite(@Req() request: FastifyRequest, @Param('id') id: string): Promise<StatusJson> {
    return this.show(request, unfavourite(this.backbone, personOf(request).account.id, recordId(id)));
  }

  @PostOk('reblog')
  reblog(@Req() request: FastifyRequest, @Param('id') id: string): Promise<StatusJson> {
    const { visibility } = readParams(ReblogParams, request.body);
    return this.show(request, boost(this.backbone, personOf(request).account, recordId(id), visibility));
  }

  @PostOk('unreblog')
  unreblog(@Req() request: FastifyRequest, @Param('id') id: string): Promise<StatusJson> {
    return this.show(request, unboost(this.backbone, personOf(request).account, recordId(id)));
  }

  @PostOk('bookmark')
  bookmark(@Req() request: FastifyRequest, @Param('id') id: string): Promise<StatusJson> {
    return this.show(request, bookmark(this.backbone, personOf(request).account.id, recordId(id)));
  }

  @PostOk('unbookmark')
  unbookmark(@Req() request: FastifyRequest, @Param('id') id: string): Promise<StatusJson> {
    return this.show(request, unbookmark(this.backbone, personOf(request).account.id, recordId(id)));
  }

  @PostOk('pin')
  pin(@Req() request: FastifyRequest, @Param('id') id: string): Promise<StatusJson> {
    return this.show(request, pin(this.backbone, personOf(request).account, recordId(id)));
  }

  @PostOk('unpin')
  unpin(@Req() request: FastifyRequest, @Param('id') id: string): Promise<StatusJson> {
    return this.show(request, unpin(this.backbone, personOf(request).account.id, recordId(id)));
  }

  @Get('reblogged_by')
  rebloggedBy(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<AccountJson[]> {
    return this.reactors(request, reply, { id, page: readParams(ReactorsParams, query), source: (target, page) => this.backbone.store.boostedByIds(target, page) });
  }

  @Get('favourited_by')
  favouritedBy(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<AccountJson[]> {
    return this.reactors(request, reply, { id, page: readParams(ReactorsParams, query), source: (target, page) => this.backbone.store.favouritedByIds(target, page) });
  }

  private async reactors(
    request: FastifyRequest,
    reply: FastifyReply,
    list: { readonly id: string; readonly page: Page; readonly source: (target: StatusId, page: Page) => Promise<Entry<AccountId>[]> },
  ): Promise<AccountJson[]> {
    const viewerId = viewerIdOf(request);
    const { status } = await visibleTarget(this.backbone, viewerId, recordId(list.id));
    const entries = await list.source(status.id, list.page);
    const { baseUrl } = this.backbone.settings;
    setPageLinks(request, reply, { baseUrl, ids: entries.map((entry) => entry.entryId), limit: list.page.limit, newer: 'since_id' });
    return presentAccounts(this.backbone, await listReactors(this.backbone, viewerId, entries));
  }

  private async show(request: FastifyRequest, done: Promise<StatusView>): Promise<StatusJson> {
    const [json] = await presentStatuses(this.backbone, viewerIdOf(request), [await done]);
    if (json === undefined) throw recordNotFound();
    return json;
  }
}
