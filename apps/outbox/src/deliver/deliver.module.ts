import { Module } from '@nestjs/common';
import { DeliverAdapter } from './deliver.adapter.js';

/** Chunks of inboxes in, signed POSTs out. Nothing else finishes deliveries. */
@Module({ providers: [DeliverAdapter] })
export class DeliverModule {}
