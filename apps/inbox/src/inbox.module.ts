import { Module } from '@nestjs/common';
import { ApplyActivityModule } from './apply-activity/apply-activity.module.js';
import { LookAfterGoneModule } from './look-after-gone/look-after-gone.module.js';
import { LookAfterQuotesModule } from './look-after-quotes/look-after-quotes.module.js';
import { MoveTiesModule } from './move-ties/move-ties.module.js';
import { ProbeDeadHostsModule } from './probe-dead-hosts/probe-dead-hosts.module.js';
import { ReadElsewhereModule } from './read-elsewhere/read-elsewhere.module.js';
import { ReceiveActivityModule } from './receive-activity/receive-activity.module.js';

/** Receive: verify, store, answer 202. Apply: turn what is stored into state. Read elsewhere: what somebody asked for. */
@Module({ imports: [ReceiveActivityModule, ApplyActivityModule, MoveTiesModule, ReadElsewhereModule, LookAfterGoneModule, LookAfterQuotesModule, ProbeDeadHostsModule] })
export class InboxModule {}
