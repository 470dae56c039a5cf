import { Module } from '@nestjs/common';
import { EmptyListsController } from './empty-lists.controller.js';
import { SmallListsController } from './small-lists.controller.js';

/** Preferences, tags, and lists that are empty so far. */
@Module({ controllers: [EmptyListsController, SmallListsController] })
export class SmallListsModule {}
