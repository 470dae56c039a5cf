import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  AccountBlockedV1,
  consumerName,
  FollowAcceptedV1,
  FollowUndoneV1,
  StatusDeletedV1,
  StatusEditedV1,
  StatusPublishedV1,
  type EventOf,
} from '@trunkline/contracts';
import { markDone } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { handleBatch } from '../handle-batch.js';
import { mergeFollowed, removeBlocked, removeUnfollowed } from './adjust-feeds.js';
import { announceEdit, fanOutStatus, withdrawStatus } from './fan-out-status.js';

const name = (event: Parameters<typeof consumerName>[2]): string => consumerName('timeline', 'fan-out', event);
const BATCH = { batch: true };

/** Events that change home feeds. Nothing else writes `feed:*`, but the reader who builds a missing one. */
@Controller()
export class FanOutConsumer {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @EventPattern<string>(name(StatusPublishedV1), BATCH)
  published(@Payload() events: EventOf<typeof StatusPublishedV1>[]): Promise<void> {
    return handleBatch(this.done(StatusPublishedV1), events, async (event) => {
      const startedMs = performance.now();
      const feeds = await fanOutStatus(this.backbone, event);
      this.backbone.parts.metrics.fanoutRecipients.observe(feeds);
      this.backbone.parts.metrics.fanoutSeconds.observe((performance.now() - startedMs) / 1000);
    });
  }

  @EventPattern<string>(name(StatusEditedV1), BATCH)
  edited(@Payload() events: EventOf<typeof StatusEditedV1>[]): Promise<void> {
    return handleBatch(this.done(StatusEditedV1), events, (event) => announceEdit(this.backbone, event));
  }

  @EventPattern<string>(name(StatusDeletedV1), BATCH)
  deleted(@Payload() events: EventOf<typeof StatusDeletedV1>[]): Promise<void> {
    return handleBatch(this.done(StatusDeletedV1), events, (event) => withdrawStatus(this.backbone, event));
  }

  @EventPattern<string>(name(FollowAcceptedV1), BATCH)
  followed(@Payload() events: EventOf<typeof FollowAcceptedV1>[]): Promise<void> {
    return handleBatch(this.done(FollowAcceptedV1), events, (event) => mergeFollowed(this.backbone, event));
  }

  @EventPattern<string>(name(FollowUndoneV1), BATCH)
  unfollowed(@Payload() events: EventOf<typeof FollowUndoneV1>[]): Promise<void> {
    return handleBatch(this.done(FollowUndoneV1), events, (event) => removeUnfollowed(this.backbone, event));
  }

  @EventPattern<string>(name(AccountBlockedV1), BATCH)
  blocked(@Payload() events: EventOf<typeof AccountBlockedV1>[]): Promise<void> {
    return handleBatch(this.done(AccountBlockedV1), events, (event) => removeBlocked(this.backbone, event));
  }

  private done(event: Parameters<typeof name>[0]): (eventIds: readonly string[]) => Promise<void> {
    return (eventIds) => markDone(this.backbone.db, name(event), eventIds);
  }
}
