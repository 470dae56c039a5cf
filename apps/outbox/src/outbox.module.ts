import { Module } from '@nestjs/common';
import { DeliverModule } from './deliver/deliver.module.js';
import { DocumentsModule } from './documents/documents.module.js';
import { PlanDeliveryModule } from './plan-delivery/plan-delivery.module.js';

/** What other servers read from us, and what they are sent. */
@Module({ imports: [DocumentsModule, PlanDeliveryModule, DeliverModule] })
export class OutboxModule {}
