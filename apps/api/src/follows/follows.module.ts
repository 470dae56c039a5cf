import { Module } from '@nestjs/common';
import { FollowListsController } from './follow-lists.controller.js';
import { TiesController } from './ties.controller.js';

/** Following, blocking and muting, and the lists of it. */
@Module({ controllers: [FollowListsController, TiesController] })
export class FollowsModule {}
