import { Module } from '@nestjs/common';
import { ReadElsewhereAdapter } from './read-elsewhere.adapter.js';

/** Threads, older posts and lists of followers, read from other servers in the background. */
@Module({ providers: [ReadElsewhereAdapter], exports: [ReadElsewhereAdapter] })
export class ReadElsewhereModule {}
