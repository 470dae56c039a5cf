import { Module } from '@nestjs/common';
import { ReceiveActivityAdapter } from './receive-activity.adapter.js';
import { ReceiveActivityController } from './receive-activity.controller.js';

/** POSTs of other servers → verified, committed rows in federation.inbound. Writes nothing else but remote keys. */
@Module({ controllers: [ReceiveActivityController], providers: [ReceiveActivityAdapter], exports: [ReceiveActivityAdapter] })
export class ReceiveActivityModule {}
