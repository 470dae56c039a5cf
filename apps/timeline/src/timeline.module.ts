import { Module } from '@nestjs/common';
import { FanOutConsumer } from './fan-out/fan-out.consumer.js';
import { NotifyConsumer } from './notify/notify.consumer.js';

/** Events in; home feeds, notifications and live messages out. */
@Module({ controllers: [FanOutConsumer, NotifyConsumer] })
export class TimelineModule {}
