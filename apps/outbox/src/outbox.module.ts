import { Module } from '@nestjs/common';
import { DeliverModule } from './deliver/deliver.module.js';
import { PlanDeliveryModule } from './plan-delivery/plan-delivery.module.js';

/** What other servers read from us, and what they are sent. */
@Module({ imports: [PlanDeliveryModule, DeliverModule] })
export class OutboxModule {}
