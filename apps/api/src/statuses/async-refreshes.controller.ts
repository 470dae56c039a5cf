import { Controller, Get, Inject, Param, Req, UseGuards } from '@nestjs/common';
import { recordNotFound } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, type Backbone } from '@trunkline/platform';
import type { FastifyRequest } from 'fastify';
import { recordId } from '../rendering/record-id.js';

interface AsyncRefreshJson {
  readonly async_refresh: { readonly id: string; readonly status: 'running' | 'finished'; readonly result_count: number };
}

/** How far something is that an answer's `Mastodon-Async-Refresh` header named. */
@Controller('/api/v1_alpha/async_refreshes')
@UseGuards(ClientGuard)
export class AsyncRefreshesController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get(':id')
  async one(@Req() request: FastifyRequest, @Param('id') id: string): Promise<AsyncRefreshJson> {
    personOf(request);
    const [, kind, subject] = /^(thread|outbox|poll)-(\d{1,20})$/.exec(id) ?? [];
    if (kind !== 'thread' && kind !== 'outbox' && kind !== 'poll') throw recordNotFound();
    const known = await this.backbone.readings.stateOf(kind, recordId(subject ?? ''));
    if (known === null) throw recordNotFound();
    return { async_refresh: { id, status: known.state === 'waiting' ? 'running' : 'finished', result_count: known.found } };
  }
}
