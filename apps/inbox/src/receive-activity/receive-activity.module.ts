import { Module } from '@nestjs/common';
import { ReadElsewhereModule } from '../read-elsewhere/read-elsewhere.module.js';
import { DoorAdapter } from './door.adapter.js';
import { ReceiveActivityAdapter } from './receive-activity.adapter.js';
import { ReceiveActivityController } from './receive-activity.controller.js';

/** POSTs of other servers → verified, committed rows in federation.inbound. Writes nothing else but remote keys. */
@Module({ imports: [ReadElsewhereModule], controllers: [ReceiveActivityController], providers: [DoorAdapter, ReceiveActivityAdapter], exports: [ReceiveActivityAdapter] })
export class ReceiveActivityModule {}
