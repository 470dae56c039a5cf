import { Module } from '@nestjs/common';
import { AccountsModule } from './decide-accounts/accounts.module.js';
import { ReportsModule } from './handle-reports/reports.module.js';
import { DomainsModule } from './rule-domains/domains.module.js';

/** The moderators' REST API, and reports by anybody. */
@Module({ imports: [AccountsModule, DomainsModule, ReportsModule] })
export class ModerationModule {}
