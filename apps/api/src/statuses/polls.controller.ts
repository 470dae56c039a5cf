import { Controller, Get, Inject, Param, Req, Res, UseGuards } from '@nestjs/common';
import type { Status } from '@trunkline/domain';
import { AppError, type AccountId, type StatusId } from '@trunkline/kernel';
import { readParams, recordNotFound, renderPoll, VoteParams, type PollJson } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, PostOk, viewerIdOf, type Backbone } from '@trunkline/platform';
import { viewStatus, voteInPoll } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setAsyncRefresh } from '../rendering/async-refresh.js';
import { recordId } from '../rendering/record-id.js';
import { askForPoll } from './ask-for-poll.js';

/** Polls by the ids of their statuses. */
@Controller('/api/v1/polls')
@UseGuards(ClientGuard)
export class PollsController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get(':id')
  async read(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Param('id') id: string): Promise<PollJson> {
    const viewerId = viewerIdOf(request);
    const { status, json } = await this.see(viewerId, recordId(id));
    if (viewerId !== null) setAsyncRefresh(reply, await askForPoll(this.backbone, status));
    return json;
  }

  @PostOk(':id/votes')
  async vote(@Req() request: FastifyRequest, @Param('id') id: string): Promise<PollJson> {
    const { account } = personOf(request);
    // A poll that is not there, or not for them, is what they hear of first.
    await this.show(account.id, recordId(id));
    const { choices } = readParams(VoteParams, request.body);
    const voted = await voteInPoll(this.backbone, account.id, recordId(id), choices);
    if (!voted.ok) throw voted.error.code === 'not_found' ? recordNotFound() : new AppError(422, voted.error.code, voted.error.safe);
    return this.show(account.id, recordId(id));
  }

  private async show(viewerId: AccountId | null, id: StatusId): Promise<PollJson> {
    return (await this.see(viewerId, id)).json;
  }

  private async see(viewerId: AccountId | null, id: StatusId): Promise<{ status: Status; json: PollJson }> {
    const view = await viewStatus(this.backbone, viewerId, id);
    const json = view === null ? null : renderPoll(view.status, view.own);
    if (view === null || json === null) throw recordNotFound();
    return { status: view.status, json };
  }
}
