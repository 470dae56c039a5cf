import { Controller, Delete, Get, Inject, Param, Put, Query, Req, Res, UseGuards } from '@nestjs/common';
import {
  CreateStatusParams,
  EditStatusParams,
  IdsParams,
  readParams,
  recordNotFound,
  renderStatusEdit,
  renderStatusSource,
  type StatusJson,
} from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, PostOk, viewerIdOf, type Backbone } from '@trunkline/platform';
import { deleteStatus, presentStatuses, renderContextOf, viewStatus, viewStatuses, type PresentOptions, type StatusView } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setAsyncRefresh } from '../rendering/async-refresh.js';
import { recordId } from '../rendering/record-id.js';
import { askForPoll } from './ask-for-poll.js';
import { askForThread } from './ask-for-thread.js';
import { visibleTarget } from './react-to-status.js';
import { readThread } from './read-thread.js';
import { statusHistory } from './status-history.js';
import { rewriteStatus, writeStatus } from './write-status.js';

/** Statuses one by one: writing, reading, rewriting, deleting. */
@Controller('/api/v1/statuses')
@UseGuards(ClientGuard)
export class StatusesController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @PostOk()
  async create(@Req() request: FastifyRequest): Promise<StatusJson> {
    const { account, user, token } = personOf(request);
    const input = readParams(CreateStatusParams, request.body);
    const key = request.headers['idempotency-key'];
    const writer = { account, user, application: { name: token.appName, website: token.appWebsite } };
    const id = await writeStatus(this.backbone, writer, input, typeof key === 'string' ? key : null);
    return this.show(request, await viewStatus(this.backbone, account.id, id));
  }

  @Get()
  async readMany(@Req() request: FastifyRequest, @Query() query: unknown): Promise<StatusJson[]> {
    const viewerId = viewerIdOf(request);
    const { ids } = readParams(IdsParams, query);
    return presentStatuses(this.backbone, viewerId, await viewStatuses(this.backbone, viewerId, ids));
  }

  @Get(':id')
  async read(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Param('id') id: string): Promise<StatusJson> {
    const viewerId = viewerIdOf(request);
    const view = await viewStatus(this.backbone, viewerId, recordId(id));
    const shown = view?.boosted?.status ?? view?.status;
    if (viewerId !== null && shown !== undefined) setAsyncRefresh(reply, await askForPoll(this.backbone, shown));
    return this.show(request, view);
  }

  @Put(':id')
  async edit(@Req() request: FastifyRequest, @Param('id') id: string): Promise<StatusJson> {
    const { account } = personOf(request);
    const input = readParams(EditStatusParams, request.body);
    const statusId = await rewriteStatus(this.backbone, { account }, recordId(id), input);
    return this.show(request, await viewStatus(this.backbone, account.id, statusId));
  }

  /** Answers with the status as it was and its text, so that it can be written anew. */
  @Delete(':id')
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<StatusJson> {
    const { account } = personOf(request);
    const view = await viewStatus(this.backbone, account.id, recordId(id));
    if (view === null || view.status.accountId !== account.id) throw recordNotFound();
    const answer = await this.show(request, view, { withText: true });
    await deleteStatus(this.backbone, view.status);
    return answer;
  }

  @Get(':id/source')
  async source(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const { status } = await visibleTarget(this.backbone, viewerIdOf(request), recordId(id));
    return renderStatusSource(status);
  }

  @Get(':id/history')
  async history(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown[]> {
    const { status, author } = await visibleTarget(this.backbone, viewerIdOf(request), recordId(id));
    const revisions = await statusHistory(this.backbone.store, status);
    const ctx = renderContextOf(this.backbone.settings);
    return revisions.map((revision) => renderStatusEdit(revision, author, ctx));
  }

  @Get(':id/context')
  async context(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<Record<'ancestors' | 'descendants', StatusJson[]>> {
    const viewerId = viewerIdOf(request);
    const { status } = await visibleTarget(this.backbone, viewerId, recordId(id));
    const { ancestors, descendants, rootId, hasRemote } = await readThread(this.backbone, viewerId, status.id);
    if (viewerId !== null) setAsyncRefresh(reply, await askForThread(this.backbone, { status, rootId, isMixed: hasRemote || !status.local }));
    const shown = await presentStatuses(this.backbone, viewerId, [...ancestors, ...descendants]);
    return { ancestors: shown.slice(0, ancestors.length), descendants: shown.slice(ancestors.length) };
  }

  private async show(request: FastifyRequest, view: StatusView | null, options: PresentOptions = {}): Promise<StatusJson> {
    const [json] = view === null ? [] : await presentStatuses(this.backbone, viewerIdOf(request), [view], options);
    if (json === undefined) throw recordNotFound();
    return json;
  }
}
