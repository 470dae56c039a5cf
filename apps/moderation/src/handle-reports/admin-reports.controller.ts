import { Controller, Get, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { Report } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import { AdminReportsParams, readParams, recordNotFound } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, PostOk, type Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { staffOf, StaffGuard } from '../authorise/staff.guard.js';
import { AccountsAdapter } from '../decide-accounts/accounts.adapter.js';
import { setPageLinks } from '../page-links.js';
import { recordId } from '../record-id.js';
import { presentReports } from './present-reports.js';

type Json = Record<string, unknown>;

/** The moderators' queue. */
@Controller('/api/v1/admin/reports')
@UseGuards(ClientGuard, StaffGuard)
export class AdminReportsController {
  constructor(
    @Inject(BACKBONE) private readonly backbone: Backbone,
    private readonly accounts: AccountsAdapter,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<Json[]> {
    const filter = readParams(AdminReportsParams, query);
    const reports = await this.backbone.reports.list(filter);
    setPageLinks(request, reply, { ids: reports.map((report) => report.id), page: filter.page, baseUrl: this.backbone.settings.baseUrl });
    return this.present(reports);
  }

  @Get('/:id')
  async get(@Param('id') id: string): Promise<Json> {
    return this.show(await this.backbone.reports.byIds([recordId(id)]));
  }

  @PostOk('/:id/assign_to_self')
  assign(@Req() request: FastifyRequest, @Param('id') id: string): Promise<Json> {
    return this.order(request, id, 'assign', (reportId, me) => this.backbone.reports.assign(reportId, me));
  }

  @PostOk('/:id/unassign')
  unassign(@Req() request: FastifyRequest, @Param('id') id: string): Promise<Json> {
    return this.order(request, id, 'unassign', (reportId) => this.backbone.reports.assign(reportId, null));
  }

  @PostOk('/:id/resolve')
  resolve(@Req() request: FastifyRequest, @Param('id') id: string): Promise<Json> {
    return this.order(request, id, 'resolve', (reportId, me) => this.backbone.reports.resolve(reportId, me));
  }

  @PostOk('/:id/reopen')
  reopen(@Req() request: FastifyRequest, @Param('id') id: string): Promise<Json> {
    return this.order(request, id, 'reopen', (reportId) => this.backbone.reports.reopen(reportId));
  }

  private async order(request: FastifyRequest, id: string, action: string, work: (id: Snowflake, me: AccountId) => Promise<Report>): Promise<Json> {
    const { account } = staffOf(request);
    const report = await work(recordId(id), account.id);
    this.backbone.parts.metrics.moderationActions.inc({ action: `report_${action}` });
    await this.backbone.moderation.audit(account.id, `report.${action}`, report.id);
    return this.show([report]);
  }

  private async show(reports: readonly Report[]): Promise<Json> {
    const [shown] = await this.present(reports);
    if (shown === undefined) throw recordNotFound();
    return shown;
  }

  private present(reports: readonly Report[]): Promise<Json[]> {
    const { store, users, policy, settings } = this.backbone;
    return presentReports({ store, users, policy, settings, targets: (ids) => this.accounts.targets(ids) }, reports);
  }
}
