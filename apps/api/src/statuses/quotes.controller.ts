import { Controller, Get, Inject, Param, Put, Query, Req, Res, UseGuards } from '@nestjs/common';
import { InteractionPolicyParams, pageParams, readParams, recordNotFound, STATUSES_PER_PAGE, type StatusJson } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, PostOk, type Backbone } from '@trunkline/platform';
import { presentStatuses, viewStatuses, type StatusView } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setPageLinks } from '../rendering/page-links.js';
import { recordId } from '../rendering/record-id.js';
import { choosePolicy, takeBackQuote } from './own-quotes.js';
import { visibleTarget } from './react-to-status.js';

const QuotesParams = pageParams(STATUSES_PER_PAGE);

/** Who quotes a status, and what its author has to say about that. */
@Controller('/api/v1/statuses/:id')
@UseGuards(ClientGuard)
export class QuotesController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get('quotes')
  async quotes(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<StatusJson[]> {
    const viewerId = personOf(request).account.id;
    const { status } = await visibleTarget(this.backbone, viewerId, recordId(id));
    const page = readParams(QuotesParams, query);
    const entries = await this.backbone.store.quotingIds(status.id, page);
    const { baseUrl } = this.backbone.settings;
    setPageLinks(request, reply, { baseUrl, ids: entries.map((entry) => entry.entryId), limit: page.limit, newer: 'since_id' });
    return presentStatuses(this.backbone, viewerId, await viewStatuses(this.backbone, viewerId, entries.map((entry) => entry.id)));
  }

  /** Answers with the quoting status, in which the quote is not shown any more. */
  @PostOk('quotes/:quotingId/revoke')
  revoke(@Req() request: FastifyRequest, @Param() { id, quotingId }: { readonly id: string; readonly quotingId: string }): Promise<StatusJson> {
    return this.show(request, takeBackQuote(this.backbone, personOf(request).account.id, { quotedId: recordId(id), quotingId: recordId(quotingId) }));
  }

  @Put('interaction_policy')
  policy(@Req() request: FastifyRequest, @Param('id') id: string): Promise<StatusJson> {
    const { quotePolicy } = readParams(InteractionPolicyParams, request.body);
    return this.show(request, choosePolicy(this.backbone, personOf(request).account.id, recordId(id), quotePolicy));
  }

  private async show(request: FastifyRequest, done: Promise<StatusView>): Promise<StatusJson> {
    const [json] = await presentStatuses(this.backbone, personOf(request).account.id, [await done]);
    if (json === undefined) throw recordNotFound();
    return json;
  }
}
