import { Module } from '@nestjs/common';
import { ApplyActivityModule } from './apply-activity/apply-activity.module.js';
import { ReceiveActivityModule } from './receive-activity/receive-activity.module.js';

/** Receive: verify, store, answer 202. Apply: turn what is stored into state. */
@Module({ imports: [ReceiveActivityModule, ApplyActivityModule] })
export class InboxModule {}
