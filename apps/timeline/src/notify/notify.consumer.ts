import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  AccountRegisteredV1,
  consumerName,
  FollowAcceptedV1,
  FollowRequestedV1,
  FollowUndoneV1,
  ReportCreatedV1,
  StatusDeletedV1,
  StatusEditedV1,
  StatusFavouritedV1,
  StatusPublishedV1,
  StatusTalliedV1,
  StatusQuotedV1,
  StatusUnfavouritedV1,
  type EventOf,
} from '@trunkline/contracts';
import { markDone } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { conclude, handleBatch } from '../handle-batch.js';
import {
  notifyOfFavourite,
  notifyOfFollow,
  notifyOfFollowRequest,
  notifyOfPoll,
  notifyOfQuote,
  notifyOfQuotedEdit,
  notifyOfReport,
  notifyOfSignUp,
  notifyOfStatuses,
  withdrawBoost,
  withdrawFavourite,
  withdrawFollow,
} from './notify.js';

const name = (event: Parameters<typeof consumerName>[2]): string => consumerName('timeline', 'notify', event);
const BATCH = { batch: true };

/** Events that people are told of. Nothing else writes `timeline.notifications`. */
@Controller()
export class NotifyConsumer {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @EventPattern<string>(name(StatusPublishedV1), BATCH)
  async published(@Payload() events: EventOf<typeof StatusPublishedV1>[]): Promise<void> {
    await conclude(this.done(StatusPublishedV1), events, await notifyOfStatuses(this.backbone, events));
  }

  @EventPattern<string>(name(StatusFavouritedV1), BATCH)
  favourited(@Payload() events: EventOf<typeof StatusFavouritedV1>[]): Promise<void> {
    return handleBatch(this.done(StatusFavouritedV1), events, (event) => notifyOfFavourite(this.backbone, event));
  }

  @EventPattern<string>(name(StatusQuotedV1), BATCH)
  quoted(@Payload() events: EventOf<typeof StatusQuotedV1>[]): Promise<void> {
    return handleBatch(this.done(StatusQuotedV1), events, (event) => notifyOfQuote(this.backbone, event));
  }

  @EventPattern<string>(name(StatusEditedV1), BATCH)
  edited(@Payload() events: EventOf<typeof StatusEditedV1>[]): Promise<void> {
    return handleBatch(this.done(StatusEditedV1), events, (event) => notifyOfQuotedEdit(this.backbone, event));
  }

  @EventPattern<string>(name(FollowRequestedV1), BATCH)
  requested(@Payload() events: EventOf<typeof FollowRequestedV1>[]): Promise<void> {
    return handleBatch(this.done(FollowRequestedV1), events, (event) => notifyOfFollowRequest(this.backbone, event));
  }

  @EventPattern<string>(name(FollowAcceptedV1), BATCH)
  followed(@Payload() events: EventOf<typeof FollowAcceptedV1>[]): Promise<void> {
    return handleBatch(this.done(FollowAcceptedV1), events, (event) => notifyOfFollow(this.backbone, event));
  }

  @EventPattern<string>(name(StatusTalliedV1), BATCH)
  tallied(@Payload() events: EventOf<typeof StatusTalliedV1>[]): Promise<void> {
    return handleBatch(this.done(StatusTalliedV1), events, (event) => notifyOfPoll(this.backbone, event));
  }

  @EventPattern<string>(name(StatusUnfavouritedV1), BATCH)
  unfavourited(@Payload() events: EventOf<typeof StatusUnfavouritedV1>[]): Promise<void> {
    return handleBatch(this.done(StatusUnfavouritedV1), events, (event) => withdrawFavourite(this.backbone, event));
  }

  @EventPattern<string>(name(StatusDeletedV1), BATCH)
  deleted(@Payload() events: EventOf<typeof StatusDeletedV1>[]): Promise<void> {
    return handleBatch(this.done(StatusDeletedV1), events, (event) => withdrawBoost(this.backbone, event));
  }

  @EventPattern<string>(name(FollowUndoneV1), BATCH)
  unfollowed(@Payload() events: EventOf<typeof FollowUndoneV1>[]): Promise<void> {
    return handleBatch(this.done(FollowUndoneV1), events, (event) => withdrawFollow(this.backbone, event));
  }

  @EventPattern<string>(name(AccountRegisteredV1), BATCH)
  registered(@Payload() events: EventOf<typeof AccountRegisteredV1>[]): Promise<void> {
    return handleBatch(this.done(AccountRegisteredV1), events, (event) => notifyOfSignUp(this.backbone, event));
  }

  @EventPattern<string>(name(ReportCreatedV1), BATCH)
  reported(@Payload() events: EventOf<typeof ReportCreatedV1>[]): Promise<void> {
    return handleBatch(this.done(ReportCreatedV1), events, (event) => notifyOfReport(this.backbone, event));
  }

  private done(event: Parameters<typeof name>[0]): (eventIds: readonly string[]) => Promise<void> {
    return (eventIds) => markDone(this.backbone.db, name(event), eventIds);
  }
}
