import { Module } from '@nestjs/common';
import { AccountsController } from './accounts.controller.js';
import { OwnAccountController } from './own-account.controller.js';

/** Profiles: reading everybody's, changing one's own. Its own routes come first: `:id` would swallow them. */
@Module({ controllers: [OwnAccountController, AccountsController] })
export class AccountsModule {}
