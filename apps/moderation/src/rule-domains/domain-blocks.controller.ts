import { Controller, Delete, Get, Inject, Param, Put, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { DomainRule } from '@trunkline/domain';
import { AdminPageParams, CreateDomainBlockParams, readParams, recordNotFound, renderAdminDomainBlock, UpdateDomainBlockParams } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, PostOk, type Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { staffOf, StaffGuard } from '../authorise/staff.guard.js';
import { setPageLinks } from '../page-links.js';
import { recordId } from '../record-id.js';
import { DomainsAdapter } from './domains.adapter.js';
import { blockDomain, changeDomainRule } from './rule-domain.js';

type Json = Record<string, unknown>;

/** Rules about other servers: suspended, silenced or exempt. */
@Controller('/api/v1/admin/domain_blocks')
@UseGuards(ClientGuard, StaffGuard)
export class DomainBlocksController {
  constructor(
    @Inject(BACKBONE) private readonly backbone: Backbone,
    private readonly domains: DomainsAdapter,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<Json[]> {
    const page = readParams(AdminPageParams, query);
    const rules = await this.backbone.moderation.domainRules(page);
    setPageLinks(request, reply, { ids: rules.map((rule) => rule.id), page, baseUrl: this.backbone.settings.baseUrl });
    return rules.map(renderAdminDomainBlock);
  }

  @Get('/:id')
  async get(@Param('id') id: string): Promise<Json> {
    return renderAdminDomainBlock(await this.rule(id));
  }

  @PostOk()
  async create(@Req() request: FastifyRequest): Promise<Json> {
    const rule = readParams(CreateDomainBlockParams, request.body);
    return renderAdminDomainBlock(await blockDomain(this.domains.ports, staffOf(request).account.id, rule));
  }

  @Put('/:id')
  async change(@Req() request: FastifyRequest, @Param('id') id: string): Promise<Json> {
    const change = readParams(UpdateDomainBlockParams, request.body);
    return renderAdminDomainBlock(await changeDomainRule(this.domains.ports, staffOf(request).account.id, await this.rule(id), change));
  }

  @Delete('/:id')
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<Json> {
    const rule = await this.backbone.moderation.deleteDomainRule(staffOf(request).account.id, recordId(id));
    if (rule === null) throw recordNotFound();
    await this.domains.announce('domain_unblock');
    return {};
  }

  private async rule(id: string): Promise<DomainRule> {
    const rule = await this.backbone.moderation.domainRule(recordId(id));
    if (rule === null) throw recordNotFound();
    return rule;
  }
}
