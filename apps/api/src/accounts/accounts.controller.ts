import { Controller, Get, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { Account } from '@trunkline/domain';
import {
  AccountSearchParams,
  AccountStatusesParams,
  IdsParams,
  LookupParams,
  readParams,
  RelationshipsParams,
  renderRelationship,
  type AccountJson,
  type RelationshipJson,
} from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, viewerIdOf, type Backbone } from '@trunkline/platform';
import { accountTimeline, isDomainSuspended, pinnedTimeline, presentAccounts } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setAsyncRefresh } from '../rendering/async-refresh.js';
import { setPageLinks } from '../rendering/page-links.js';
import { statusList, statusReader } from '../rendering/status-list.js';
import { askForOlderPosts, partialHeader } from './ask-for-older-posts.js';
import { findAccount, knowable, lookUpAccount } from './find-account.js';
import { PinReader } from './pin-reader.js';
import { searchAccounts } from './search-accounts.js';

/** Accounts as others see them. */
@Controller('/api/v1/accounts')
@UseGuards(ClientGuard)
export class AccountsController {
  private readonly pins: PinReader;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    this.pins = new PinReader(backbone);
  }

  @Get()
  async byIds(@Req() request: FastifyRequest, @Query() query: unknown): Promise<AccountJson[]> {
    const { ids } = readParams(IdsParams, query);
    const found = ids.length === 0 ? [] : await this.backbone.store.accountsByIds(ids);
    return presentAccounts(this.backbone, inOrder(ids, await knowable(this.backbone, found, viewerIdOf(request))));
  }

  @Get('lookup')
  async lookUp(@Req() request: FastifyRequest, @Query() query: unknown): Promise<AccountJson | undefined> {
    const { acct } = readParams(LookupParams, query);
    return this.showOne(await lookUpAccount(this.backbone, acct, viewerIdOf(request)));
  }

  @Get('search')
  async search(@Req() request: FastifyRequest, @Query() query: unknown): Promise<AccountJson[]> {
    const { query: text, ...params } = readParams(AccountSearchParams, query);
    return presentAccounts(this.backbone, await searchAccounts(this.backbone, personOf(request).account.id, { text, ...params }));
  }

  @Get('relationships')
  async relationships(@Req() request: FastifyRequest, @Query() query: unknown): Promise<RelationshipJson[]> {
    const { ids, withSuspended } = readParams(RelationshipsParams, query);
    const found = ids.length === 0 ? [] : await this.backbone.store.accountsByIds(ids);
    const shown = inOrder(ids, found.filter((account) => account.deletedAt === null && (withSuspended || account.suspendedAt === null)));
    const related = await this.backbone.store.relationships(personOf(request).account.id, shown.map((account) => account.id));
    return related.map(renderRelationship);
  }

  /** A suspended account is shown as a stub: its handle and nothing that its owner wrote. */
  @Get(':id')
  async one(@Req() request: FastifyRequest, @Param('id') id: string): Promise<AccountJson | undefined> {
    return this.showOne(await findAccount(this.backbone, id, viewerIdOf(request)));
  }

  @Get(':id/statuses')
  async statuses(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<Buffer | never[]> {
    const viewerId = viewerIdOf(request);
    const account = await findAccount(this.backbone, id, viewerId);
    const { pinned, tagged, ...params } = readParams(AccountStatusesParams, query);
    const isHidden = account.suspendedAt !== null || isDomainSuspended(this.backbone.policy.current(), account);
    if (isHidden) return [];
    if (pinned && viewerId !== null) this.pins.look(account);
    if (pinned) return statusList(reply, viewerId, await pinnedTimeline(this.backbone, statusReader(this.backbone, request), viewerId, account.id));
    const wanted = { accountId: account.id, ...params, ...(tagged === null ? {} : { tagged }) };
    const views = await accountTimeline(this.backbone, statusReader(this.backbone, request), viewerId, wanted);
    if (account.domain !== null) {
      const known = await askForOlderPosts(this.backbone, account, viewerId !== null);
      reply.header('Trunkline-Partial', partialHeader(known));
      setAsyncRefresh(reply, known.refresh);
    }
    const { baseUrl } = this.backbone.settings;
    setPageLinks(request, reply, { baseUrl, ids: views.map((view) => view.status.id), limit: params.page.limit });
    return statusList(reply, viewerId, views);
  }

  /** Nobody can feature tags yet. */
  @Get(':id/featured_tags')
  async featuredTags(@Param('id') id: string): Promise<never[]> {
    await findAccount(this.backbone, id, null);
    return [];
  }

  private async showOne(account: Account): Promise<AccountJson | undefined> {
    return (await presentAccounts(this.backbone, [account]))[0];
  }
}

function inOrder(ids: readonly string[], accounts: readonly Account[]): Account[] {
  const byId = new Map<string, Account>(accounts.map((account) => [account.id, account]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
