import { Controller, Get, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { NotificationsParams, readParams, recordNotFound, UnreadCountParams, type NotificationJson } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, PostOk, type Backbone } from '@trunkline/platform';
import { presentGroupedNotifications, presentNotifications, viewNotifications, type ShownNotification } from '@trunkline/social';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setPageLinks } from '../rendering/page-links.js';
import { recordId } from '../rendering/record-id.js';
import { readNotifications } from './read-notifications.js';

/** What somebody is told, in both forms of the API. Dismissed ones stay in the ledger: the same fact is not told again. */
@Controller('/api')
@UseGuards(ClientGuard)
export class NotificationsController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @Get('v1/notifications')
  async list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<NotificationJson[]> {
    return presentNotifications(this.backbone, personOf(request).account.id, await this.page(request, reply, query));
  }

  @Get('v2/notifications')
  async grouped(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<unknown> {
    return presentGroupedNotifications(this.backbone, personOf(request).account.id, await this.page(request, reply, query));
  }

  @Get(['v1/notifications/unread_count', 'v2/notifications/unread_count'])
  async unreadCount(@Req() request: FastifyRequest, @Query() query: unknown): Promise<{ count: number }> {
    const { limit } = readParams(UnreadCountParams, query);
    return { count: await this.backbone.notifications.unreadCount(personOf(request).account.id, limit) };
  }

  @PostOk('v1/notifications/clear')
  async clear(@Req() request: FastifyRequest): Promise<Record<string, never>> {
    await this.backbone.notifications.dismiss(personOf(request).account.id, 'all');
    return {};
  }

  @Get('v1/notifications/:id')
  async read(@Req() request: FastifyRequest, @Param('id') id: string): Promise<NotificationJson> {
    const viewerId = personOf(request).account.id;
    const rows = await this.backbone.notifications.byIds(viewerId, [recordId(id)]);
    const [json] = await presentNotifications(this.backbone, viewerId, await viewNotifications(this.backbone, viewerId, rows));
    if (json === undefined) throw recordNotFound();
    return json;
  }

  @PostOk('v1/notifications/:id/dismiss')
  async dismiss(@Req() request: FastifyRequest, @Param('id') id: string): Promise<Record<string, never>> {
    const viewerId = personOf(request).account.id;
    const [row] = await this.backbone.notifications.byIds(viewerId, [recordId(id)]);
    if (row === undefined) throw recordNotFound();
    await this.backbone.notifications.dismiss(viewerId, [row.id]);
    return {};
  }

  private async page(request: FastifyRequest, reply: FastifyReply, query: unknown): Promise<ShownNotification[]> {
    const wanted = readParams(NotificationsParams, query);
    const shown = await readNotifications(this.backbone, personOf(request).account.id, wanted);
    const { baseUrl } = this.backbone.settings;
    setPageLinks(request, reply, { baseUrl, ids: shown.map(({ notification }) => notification.id), limit: wanted.page.limit });
    return shown;
  }
}
