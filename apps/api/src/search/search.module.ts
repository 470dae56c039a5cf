import { Module } from '@nestjs/common';
import { SearchController } from './search.controller.js';

/** GET /api/v2/search */
@Module({ controllers: [SearchController] })
export class SearchModule {}
