import { Module } from '@nestjs/common';
import { ApiModule } from '@trunkline/api';
import { InboxModule } from '@trunkline/inbox';
import { MediaModule } from '@trunkline/media';
import { ModerationModule } from '@trunkline/moderation';
import { OutboxModule } from '@trunkline/outbox';
import { StreamingModule } from '@trunkline/streaming';
import { TimelineModule } from '@trunkline/timeline';
import { WebModule } from '@trunkline/web';

/** Every service in one process: for one small machine, for development and for tests. */
@Module({
  imports: [ApiModule, InboxModule, OutboxModule, TimelineModule, ModerationModule, StreamingModule, MediaModule, WebModule],
})
export class StandaloneModule {}
