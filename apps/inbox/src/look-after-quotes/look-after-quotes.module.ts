import { Module } from '@nestjs/common';
import { LookAfterQuotesAdapter } from './look-after-quotes.adapter.js';

/** Quotes whose post or stamp could not be read are looked at again, for some days. */
@Module({ providers: [LookAfterQuotesAdapter], exports: [LookAfterQuotesAdapter] })
export class LookAfterQuotesModule {}
