import { Controller, Get, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { AccountActionParams, AdminAccountsParams, NOT_SUPPORTED, readParams, recordNotFound, validationFailed, type AdminAccountJson } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, PostOk, type Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { staffOf, StaffGuard } from '../authorise/staff.guard.js';
import { setPageLinks } from '../page-links.js';
import { recordId } from '../record-id.js';
import { AccountsAdapter } from './accounts.adapter.js';
import { decideAccount, type Decision } from './decide-account.js';

const OPEN_REPORTS_MAX = 200;

/** Accounts as moderators see them, and what they decide about them. */
@Controller()
@UseGuards(ClientGuard, StaffGuard)
export class AccountsController {
  constructor(
    @Inject(BACKBONE) private readonly backbone: Backbone,
    private readonly accounts: AccountsAdapter,
  ) {}

  @Get(['/api/v1/admin/accounts', '/api/v2/admin/accounts'])
  async list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<AdminAccountJson[]> {
    const { state, ...filter } = readParams(AdminAccountsParams, query);
    const ids = await this.backbone.users.search({ ...filter, status: state });
    setPageLinks(request, reply, { ids, page: filter.page, baseUrl: this.backbone.settings.baseUrl });
    return (await this.accounts.targets(ids)).map((target) => this.accounts.render(target));
  }

  @Get('/api/v1/admin/accounts/:id')
  async get(@Param('id') id: string): Promise<AdminAccountJson> {
    return this.accounts.render(await this.accounts.target(recordId(id)));
  }

  @PostOk('/api/v1/admin/accounts/:id/approve')
  approve(@Req() request: FastifyRequest, @Param('id') id: string): Promise<AdminAccountJson> {
    return this.decide(request, id, 'approve');
  }

  @PostOk('/api/v1/admin/accounts/:id/reject')
  reject(@Req() request: FastifyRequest, @Param('id') id: string): Promise<AdminAccountJson> {
    return this.decide(request, id, 'reject');
  }

  @PostOk('/api/v1/admin/accounts/:id/enable')
  enable(@Req() request: FastifyRequest, @Param('id') id: string): Promise<AdminAccountJson> {
    return this.decide(request, id, 'enable');
  }

  @PostOk('/api/v1/admin/accounts/:id/unsilence')
  unsilence(@Req() request: FastifyRequest, @Param('id') id: string): Promise<AdminAccountJson> {
    return this.decide(request, id, 'unsilence');
  }

  @PostOk('/api/v1/admin/accounts/:id/unsuspend')
  unsuspend(@Req() request: FastifyRequest, @Param('id') id: string): Promise<AdminAccountJson> {
    return this.decide(request, id, 'unsuspend');
  }

  /** Warns, locks, limits or suspends; whatever was reported about the account is thereby dealt with. */
  @PostOk('/api/v1/admin/accounts/:id/action')
  async act(@Req() request: FastifyRequest, @Param('id') id: string): Promise<Record<string, never>> {
    const { type, reportId, text, sendEmail } = readParams(AccountActionParams, request.body);
    if (type === 'sensitive') throw validationFailed([{ field: 'type', code: 'ERR_INCLUSION', message: NOT_SUPPORTED }]);
    const target = await this.accounts.target(recordId(id));
    const { reports } = this.backbone;
    const report = reportId === null ? null : ((await reports.byIds([reportId]))[0] ?? null);
    if (reportId !== null && report?.targetAccountId !== target.account.id) throw recordNotFound();
    const staff = staffOf(request);
    await decideAccount(this.accounts.ports, staff, target, { decision: type, details: { text, reportId } });
    // A warning answers the report it came from; anything stronger answers all that are open.
    const answered =
      type === 'none'
        ? report === null ? [] : [report]
        : await reports.list({ resolved: false, accountId: null, targetAccountId: target.account.id, page: FIRST_PAGE });
    for (const open of answered) await reports.resolve(open.id, staff.account.id);
    if (sendEmail && target.user !== null) this.accounts.mailAction(target.user, { decision: type, words: text });
    return {};
  }

  /** Answers the account as it is afterwards; a rejected one as it was. */
  private async decide(request: FastifyRequest, id: string, decision: Decision): Promise<AdminAccountJson> {
    const target = await this.accounts.target(recordId(id));
    await decideAccount(this.accounts.ports, staffOf(request), target, { decision });
    return this.accounts.render(decision === 'reject' ? target : await this.accounts.target(target.account.id));
  }
}

const FIRST_PAGE = { limit: OPEN_REPORTS_MAX, maxId: null, minId: null, sinceId: null };
