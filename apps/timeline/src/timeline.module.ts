import { Module } from '@nestjs/common';
import { FanOutConsumer } from './fan-out/fan-out.consumer.js';
import { NotifyConsumer } from './notify/notify.consumer.js';
import { Shared } from './reading/shared.adapter.js';

/** Events in; home feeds, notifications and live messages out. */
@Module({ controllers: [FanOutConsumer, NotifyConsumer], providers: [Shared] })
export class TimelineModule {}
