import { Module } from '@nestjs/common';
import { DomainAllowsController } from './domain-allows.controller.js';
import { DomainBlocksController } from './domain-blocks.controller.js';
import { DomainsAdapter } from './domains.adapter.js';

/** admin/domain_blocks and domain_allows. Besides the operators' command nothing else writes rules about servers. */
@Module({ controllers: [DomainBlocksController, DomainAllowsController], providers: [DomainsAdapter] })
export class DomainsModule {}
