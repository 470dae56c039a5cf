import { Module } from '@nestjs/common';
import { ListsController } from './lists.controller.js';

/** Lists of people, and their timelines. */
@Module({ controllers: [ListsController] })
export class ListsModule {}
