import { Module } from '@nestjs/common';
import { ReadForPeopleAdapter } from './read-for-people.adapter.js';

/** What other servers show to people here alone, read with their keys. Nothing else does. */
@Module({ providers: [ReadForPeopleAdapter] })
export class ReadForPeopleModule {}
