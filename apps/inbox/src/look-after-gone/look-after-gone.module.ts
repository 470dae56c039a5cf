import { Module } from '@nestjs/common';
import { LookAfterGoneAdapter } from './look-after-gone.adapter.js';

/** Inboxes that answered 410 → accounts of people who are gone are deleted here. */
@Module({ providers: [LookAfterGoneAdapter], exports: [LookAfterGoneAdapter] })
export class LookAfterGoneModule {}
