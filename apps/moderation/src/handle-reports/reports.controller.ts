import { Controller, Inject, Req, UseGuards } from '@nestjs/common';
import { ReportCreatedV1 } from '@trunkline/contracts';
import { readParams, renderReport, ReportParams, type ReportJson } from '@trunkline/mastodon-api';
import { insertReport } from '@trunkline/persistence';
import { BACKBONE, ClientGuard, personOf, PostOk, type Backbone } from '@trunkline/platform';
import { renderContextOf } from '@trunkline/social';
import type { FastifyRequest } from 'fastify';
import { createReport, type ReportPorts } from './create-report.js';

/** What anybody here may tell the moderators. */
@Controller('/api/v1/reports')
@UseGuards(ClientGuard)
export class ReportsController {
  private readonly ports: ReportPorts;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    const { db, store, policy, ids, reports } = backbone;
    const save: ReportPorts['save'] = async (report) => {
      await db.transaction(async (tx) => {
        await insertReport(tx, report);
        await store.within(tx).appendEvent(ReportCreatedV1, { reportId: report.id });
      });
      const [stored] = await reports.byIds([report.id]);
      if (stored === undefined) throw new Error('the report just stored is gone');
      return stored;
    };
    this.ports = { store, policy, ids, save };
  }

  @PostOk()
  async create(@Req() request: FastifyRequest): Promise<ReportJson> {
    const input = readParams(ReportParams, request.body);
    const { report, target } = await createReport(this.ports, personOf(request).account.id, input);
    return renderReport(report, target, renderContextOf(this.backbone.settings));
  }
}
