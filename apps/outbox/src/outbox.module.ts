import { Module } from '@nestjs/common';
import { DeliverModule } from './deliver/deliver.module.js';
import { DocumentsModule } from './documents/documents.module.js';
import { PlanDeliveryModule } from './plan-delivery/plan-delivery.module.js';
import { ReadForPeopleModule } from './read-for-people/read-for-people.module.js';

/** What other servers read from us, what they are sent, and what they show to our people alone. */
@Module({ imports: [DocumentsModule, PlanDeliveryModule, DeliverModule, ReadForPeopleModule] })
export class OutboxModule {}
