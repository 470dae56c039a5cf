import { Module } from '@nestjs/common';
import { AsyncRefreshesController } from './async-refreshes.controller.js';
import { PollsController } from './polls.controller.js';
import { QuotesController } from './quotes.controller.js';
import { ReactionsController } from './reactions.controller.js';
import { StatusesController } from './statuses.controller.js';

/** Statuses and what people do with them. */
@Module({ controllers: [StatusesController, ReactionsController, QuotesController, AsyncRefreshesController, PollsController] })
export class StatusesModule {}
