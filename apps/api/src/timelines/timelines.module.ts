import { Module } from '@nestjs/common';
import { KeptStatusesController } from './kept-statuses.controller.js';
import { TimelinesController } from './timelines.controller.js';

/** Everything that lists statuses page by page. */
@Module({ controllers: [TimelinesController, KeptStatusesController] })
export class TimelinesModule {}
