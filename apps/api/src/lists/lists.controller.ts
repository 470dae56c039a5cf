import { Body, Controller, Delete, Get, Inject, Param, Patch, Put, Query, Req, Res, UseGuards } from '@nestjs/common';
import { LIST_MEMBERS_MAX, LISTS_MAX } from '@trunkline/domain';
import { unprocessable, type AccountId } from '@trunkline/kernel';
import {
  ListChangeParams,
  ListMembersParams,
  ListPageParams,
  ListParams,
  pageParams,
  readParams,
  recordNotFound,
  renderList,
  STATUSES_PER_PAGE,
  type AccountJson,
  type ListJson,
} from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, PostOk, viewerIdOf, type Backbone } from '@trunkline/platform';
import { listTimeline, presentAccounts, remakeHomeFeed } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findAccount } from '../accounts/find-account.js';
import { setPageLinks } from '../rendering/page-links.js';
import { statusList, statusReader } from '../rendering/status-list.js';
import { findList } from './own-lists.js';

const TimelineParams = pageParams(STATUSES_PER_PAGE);

/** Lists of people whom somebody follows, and what these write. Nobody sees the lists of others. */
@Controller('/api/v1')
@UseGuards(ClientGuard)
export class ListsController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get('lists')
  async all(@Req() request: FastifyRequest): Promise<ListJson[]> {
    return (await this.backbone.lists.ofAccount(personOf(request).account.id)).map(renderList);
  }

  @PostOk('lists')
  async create(@Req() request: FastifyRequest, @Body() body: unknown): Promise<ListJson> {
    const list = { ...readParams(ListParams, body), id: this.backbone.ids.next(), accountId: personOf(request).account.id };
    if (!(await this.backbone.lists.create(list))) throw unprocessable(`Validation failed: You can have ${LISTS_MAX} lists at most`);
    return renderList(list);
  }

  @Get('lists/:id')
  async one(@Req() request: FastifyRequest, @Param('id') id: string): Promise<ListJson> {
    return renderList(await findList(this.backbone, request, id));
  }

  @Put('lists/:id')
  update(@Req() request: FastifyRequest, @Param('id') id: string, @Body() body: unknown): Promise<ListJson> {
    return this.change(request, id, body);
  }

  @Patch('lists/:id')
  updatePart(@Req() request: FastifyRequest, @Param('id') id: string, @Body() body: unknown): Promise<ListJson> {
    return this.change(request, id, body);
  }

  @Delete('lists/:id')
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<Record<string, never>> {
    const list = await findList(this.backbone, request, id);
    await this.backbone.lists.remove(list.accountId, list.id);
    if (list.exclusive) await remakeHomeFeed(this.backbone, list.accountId);
    return {};
  }

  @Get('lists/:id/accounts')
  async members(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Param('id') id: string, @Query() query: unknown): Promise<AccountJson[]> {
    const page = readParams(ListPageParams, query);
    const list = await findList(this.backbone, request, id);
    const entries = await this.backbone.lists.members(list.id, page);
    setPageLinks(request, reply, { baseUrl: this.backbone.settings.baseUrl, ids: entries.map((entry) => entry.entryId), limit: page.limit, newer: 'since_id' });
    const found = new Map((await this.backbone.store.accountsByIds(entries.map((entry) => entry.id))).map((account) => [account.id, account]));
    return presentAccounts(this.backbone, entries.flatMap((entry) => found.get(entry.id) ?? []));
  }

  @PostOk('lists/:id/accounts')
  async add(@Req() request: FastifyRequest, @Param('id') id: string, @Body() body: unknown): Promise<Record<string, never>> {
    const { accountIds } = readParams(ListMembersParams, body);
    const list = await findList(this.backbone, request, id);
    const outcome = await this.backbone.lists.add(list, accountIds.map((accountId) => ({ id: this.backbone.ids.next(), accountId: accountId as AccountId })));
    // As Mastodon answers for whoever is not followed.
    if (outcome === 'not_followed') throw recordNotFound();
    if (outcome === 'taken') throw unprocessable('Validation failed: Account has already been taken');
    if (outcome === 'too_many') throw unprocessable(`Validation failed: A list can have ${LIST_MEMBERS_MAX} accounts at most`);
    if (list.exclusive) await remakeHomeFeed(this.backbone, list.accountId);
    return {};
  }

  /** Which accounts: in the query or in the body. */
  @Delete('lists/:id/accounts')
  async take(@Req() request: FastifyRequest, @Param('id') id: string, @Query() query: unknown, @Body() body: unknown): Promise<Record<string, never>> {
    const asked = [query, body].flatMap((given) => readParams(ListMembersParams, given).accountIds);
    const list = await findList(this.backbone, request, id);
    await this.backbone.lists.take(list, asked as AccountId[]);
    if (list.exclusive) await remakeHomeFeed(this.backbone, list.accountId);
    return {};
  }

  @Get('accounts/:id/lists')
  async holding(@Req() request: FastifyRequest, @Param('id') id: string): Promise<ListJson[]> {
    const account = await findAccount(this.backbone, id, viewerIdOf(request));
    return (await this.backbone.lists.holding(personOf(request).account.id, account.id)).map(renderList);
  }

  @Get('timelines/list/:id')
  async timeline(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Param('id') id: string, @Query() query: unknown): Promise<Buffer> {
    const page = readParams(TimelineParams, query);
    const list = await findList(this.backbone, request, id);
    const views = await listTimeline(this.backbone, statusReader(this.backbone, request), list, page);
    setPageLinks(request, reply, { baseUrl: this.backbone.settings.baseUrl, ids: views.map((view) => view.status.id), limit: page.limit });
    return statusList(reply, list.accountId, views);
  }

  private async change(request: FastifyRequest, id: string, body: unknown): Promise<ListJson> {
    const change = readParams(ListChangeParams, body);
    const before = await findList(this.backbone, request, id);
    const list = await this.backbone.lists.update(before.accountId, before.id, change);
    if (list === null) throw recordNotFound();
    if (list.exclusive !== before.exclusive) await remakeHomeFeed(this.backbone, list.accountId);
    return renderList(list);
  }
}
