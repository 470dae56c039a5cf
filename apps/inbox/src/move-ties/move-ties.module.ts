import { Module } from '@nestjs/common';
import { MoveTiesConsumer } from './move-ties.consumer.js';

/** Followers of those who moved. */
@Module({ controllers: [MoveTiesConsumer] })
export class MoveTiesModule {}
