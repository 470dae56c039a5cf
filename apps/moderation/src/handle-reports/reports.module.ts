import { Module } from '@nestjs/common';
import { AccountsModule } from '../decide-accounts/accounts.module.js';
import { AdminReportsController } from './admin-reports.controller.js';
import { ReportsController } from './reports.controller.js';

/** Reports by people here, and the moderators' work on all of them. */
@Module({ imports: [AccountsModule], controllers: [ReportsController, AdminReportsController] })
export class ReportsModule {}
