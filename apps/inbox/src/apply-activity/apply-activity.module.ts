import { Module } from '@nestjs/common';
import { ApplyActivityAdapter } from './apply-activity.adapter.js';
import { ApplyActivityConsumer } from './apply-activity.consumer.js';

/** Stored activities → social state and events. What other servers may change here goes through this folder. */
@Module({ controllers: [ApplyActivityConsumer], providers: [ApplyActivityAdapter], exports: [ApplyActivityAdapter] })
export class ApplyActivityModule {}
