import { Controller, Get, HttpStatus, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { Page } from '@trunkline/domain';
import { pageParams, PublicTimelineParams, readParams, STATUSES_PER_PAGE, TagTimelineParams } from '@trunkline/mastodon-api';
import { BACKBONE, BeginsWith, ClientGuard, personOf, viewerIdOf, type Backbone, type Client } from '@trunkline/platform';
import { publicTimeline, tagTimeline, type FragmentView, type HeadLook, type Scope } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setPageLinks } from '../rendering/page-links.js';
import { asJson, statusList, statusReader } from '../rendering/status-list.js';
import { notePresence } from './note-presence.js';

const HomeParams = pageParams(STATUSES_PER_PAGE);

declare module 'fastify' {
  interface FastifyRequest {
    /** The page of a home timeline that is asked for, and the look at the feed for it. */
    homePage?: { readonly page: Page; readonly begun: HeadLook | null };
  }
}

/** Pages of statuses of many people, newest first. */
@Controller('/api/v1/timelines')
@UseGuards(ClientGuard)
export class TimelinesController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get('home')
  @BeginsWith(beginHome)
  async home(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<Buffer> {
    const { account, user } = personOf(request);
    const { page, begun } = request.homePage ?? { page: readParams(HomeParams, query), begun: null };
    await notePresence(this.backbone, user);
    const told = request.isSynced ?? (await this.backbone.changes.sync());
    // As Mastodon answers while a feed is being built: what is there so far, and ask again.
    const onPartialFeed = (): void => void reply.code(HttpStatus.PARTIAL_CONTENT);
    const { ids, json } = await this.backbone.homePages.read({ viewerId: account.id, page, told, onPartialFeed, begun });
    setPageLinks(request, reply, { baseUrl: this.backbone.settings.baseUrl, ids, limit: page.limit });
    return asJson(reply, json);
  }

  @Get('public')
  async public(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<Buffer> {
    const params = readParams(PublicTimelineParams, query);
    const wanted = { page: params.page, scope: scopeOf(params), onlyMedia: params.onlyMedia };
    return this.show(request, reply, params.page, await publicTimeline(this.backbone, statusReader(this.backbone, request), viewerIdOf(request), wanted));
  }

  @Get('tag/:hashtag')
  async tag(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('hashtag') hashtag: string,
    @Query() query: unknown,
  ): Promise<Buffer> {
    const { any, page, all, none, onlyMedia, ...params } = readParams(TagTimelineParams, query);
    const wanted = { page, any: [hashtag, ...any], all, none, onlyMedia, scope: scopeOf(params) };
    return this.show(request, reply, page, await tagTimeline(this.backbone, statusReader(this.backbone, request), viewerIdOf(request), wanted));
  }

  private show(request: FastifyRequest, reply: FastifyReply, { limit }: Page, views: readonly FragmentView[]): Buffer {
    setPageLinks(request, reply, { baseUrl: this.backbone.settings.baseUrl, ids: views.map((view) => view.status.id), limit });
    return statusList(reply, viewerIdOf(request), views);
  }
}

const scopeOf = (params: { readonly local: boolean; readonly remote: boolean }): Scope => (params.local ? 'local' : params.remote ? 'remote' : 'all');

function beginHome({ homePages }: Backbone, request: FastifyRequest, { account }: Client): void {
  if (account === null) return;
  const page = readParams(HomeParams, request.query);
  request.homePage = { page, begun: homePages.begin(account.id, page) };
}
