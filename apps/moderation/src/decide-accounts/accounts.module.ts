import { Module } from '@nestjs/common';
import { AccountsAdapter } from './accounts.adapter.js';
import { AccountsController } from './accounts.controller.js';

/** admin/accounts: the only place besides the operators' command where people are approved, locked, limited or suspended. */
@Module({ controllers: [AccountsController], providers: [AccountsAdapter], exports: [AccountsAdapter] })
export class AccountsModule {}
