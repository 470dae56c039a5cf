import { Controller, Get, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ACCOUNTS_PER_PAGE, pageParams, readParams, recordNotFound, renderRelationship, type AccountJson, type RelationshipJson } from '@trunkline/mastodon-api';
import type { AccountId } from '@trunkline/kernel';
import { BACKBONE, ClientGuard, personOf, PostOk, viewerIdOf, type Backbone } from '@trunkline/platform';
import { acceptFollow, presentAccounts, rejectFollow, type Entry, type PageQuery } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findAccount } from '../accounts/find-account.js';
import { setPageLinks } from '../rendering/page-links.js';
import { recordId } from '../rendering/record-id.js';
import { listFollows, peopleOf, type FollowSide } from './list-people.js';

const Params = pageParams(ACCOUNTS_PER_PAGE);

/** Lists of people: followers, requests, blocks and mutes. They page by the tie, newest first. */
@Controller('/api/v1')
@UseGuards(ClientGuard)
export class FollowListsController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get('accounts/:id/followers')
  followers(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Param('id') id: string, @Query() query: unknown): Promise<AccountJson[]> {
    return this.follows(request, reply, { side: 'followers', id, query });
  }

  @Get('accounts/:id/following')
  following(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Param('id') id: string, @Query() query: unknown): Promise<AccountJson[]> {
    return this.follows(request, reply, { side: 'following', id, query });
  }

  @Get('follow_requests')
  requests(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<AccountJson[]> {
    return this.own(request, reply, query, (me, page) => this.backbone.store.followRequestIds(me, page));
  }

  @PostOk('follow_requests/:id/authorize')
  async authorize(@Req() request: FastifyRequest, @Param('id') id: string): Promise<RelationshipJson | undefined> {
    return this.decide(request, id, (followerId, me) => acceptFollow(this.backbone, followerId, me));
  }

  @PostOk('follow_requests/:id/reject')
  async reject(@Req() request: FastifyRequest, @Param('id') id: string): Promise<RelationshipJson | undefined> {
    return this.decide(request, id, async (followerId, me) => {
      // A standing follow is no request: it is ended by remove_from_followers.
      const waits = (await this.backbone.store.followRequest(followerId, me)) !== null;
      return waits && rejectFollow(this.backbone, followerId, me);
    });
  }

  @Get('blocks')
  blocks(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<AccountJson[]> {
    return this.own(request, reply, query, (me, page) => this.backbone.store.blockedIds(me, page));
  }

  @Get('mutes')
  async mutes(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<object[]> {
    const muted = await this.own(request, reply, query, (me, page) => this.backbone.store.mutedIds(me, page));
    const related = await this.backbone.store.relationships(personOf(request).account.id, muted.map(({ id }) => id as AccountId));
    const ends = new Map<string, Date | null>(related.map((relationship) => [relationship.accountId, relationship.mutingExpiresAt]));
    return muted.map((account) => ({ ...account, mute_expires_at: ends.get(account.id)?.toISOString() ?? null }));
  }

  private async follows(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: { readonly side: FollowSide; readonly id: string; readonly query: unknown },
  ): Promise<AccountJson[]> {
    const viewerId = viewerIdOf(request);
    const account = await findAccount(this.backbone, asked.id, viewerId);
    const page = readParams(Params, asked.query);
    const { entries, accounts } = await listFollows(this.backbone, viewerId, account, { side: asked.side, page });
    this.link(request, reply, page, entries);
    return presentAccounts(this.backbone, accounts);
  }

  private async own(
    request: FastifyRequest,
    reply: FastifyReply,
    query: unknown,
    read: (me: AccountId, page: PageQuery) => Promise<Entry<AccountId>[]>,
  ): Promise<AccountJson[]> {
    const page = readParams(Params, query);
    const entries = await read(personOf(request).account.id, page);
    this.link(request, reply, page, entries);
    return presentAccounts(this.backbone, await peopleOf(this.backbone, entries));
  }

  private async decide(
    request: FastifyRequest,
    id: string,
    act: (followerId: AccountId, me: AccountId) => Promise<boolean>,
  ): Promise<RelationshipJson | undefined> {
    const me = personOf(request).account.id;
    const followerId: AccountId = recordId(id);
    if (!(await act(followerId, me))) throw recordNotFound();
    const [relationship] = await this.backbone.store.relationships(me, [followerId]);
    return relationship === undefined ? undefined : renderRelationship(relationship);
  }

  private link(request: FastifyRequest, reply: FastifyReply, page: PageQuery, entries: readonly Entry[]): void {
    const { baseUrl } = this.backbone.settings;
    setPageLinks(request, reply, { baseUrl, ids: entries.map((entry) => entry.entryId), limit: page.limit, newer: 'since_id' });
  }
}
