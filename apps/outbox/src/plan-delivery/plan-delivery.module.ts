import { Module } from '@nestjs/common';
import { PlanDeliveryAdapter } from './plan-delivery.adapter.js';
import { PlanDeliveryConsumer } from './plan-delivery.consumer.js';

/** Domain events in, chunks of inboxes out. */
@Module({ controllers: [PlanDeliveryConsumer], providers: [PlanDeliveryAdapter] })
export class PlanDeliveryModule {}
