import { Controller, Delete, Get, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { AdminPageParams, CreateDomainAllowParams, readParams, recordNotFound, renderAdminDomainAllow } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, PostOk, type Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { staffOf, StaffGuard } from '../authorise/staff.guard.js';
import { setPageLinks } from '../page-links.js';
import { recordId } from '../record-id.js';
import { DomainsAdapter } from './domains.adapter.js';

type Json = Record<string, unknown>;

/** The servers that are spoken to in limited federation mode; without that mode the list waits unused. */
@Controller('/api/v1/admin/domain_allows')
@UseGuards(ClientGuard, StaffGuard)
export class DomainAllowsController {
  constructor(
    @Inject(BACKBONE) private readonly backbone: Backbone,
    private readonly domains: DomainsAdapter,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<Json[]> {
    const page = readParams(AdminPageParams, query);
    const allows = await this.backbone.moderation.domainAllows(page);
    setPageLinks(request, reply, { ids: allows.map((allow) => allow.id), page, baseUrl: this.backbone.settings.baseUrl });
    return allows.map(renderAdminDomainAllow);
  }

  @Get('/:id')
  async get(@Param('id') id: string): Promise<Json> {
    const allow = await this.backbone.moderation.domainAllow(recordId(id));
    if (allow === null) throw recordNotFound();
    return renderAdminDomainAllow(allow);
  }

  @PostOk()
  async create(@Req() request: FastifyRequest): Promise<Json> {
    const { domain } = readParams(CreateDomainAllowParams, request.body);
    const allow = await this.backbone.moderation.allowDomain(staffOf(request).account.id, domain);
    await this.domains.announce('domain_allow');
    return renderAdminDomainAllow(allow);
  }

  @Delete('/:id')
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<Json> {
    const allow = await this.backbone.moderation.disallowDomain(staffOf(request).account.id, recordId(id));
    if (allow === null) throw recordNotFound();
    await this.domains.announce('domain_disallow');
    return {};
  }
}
