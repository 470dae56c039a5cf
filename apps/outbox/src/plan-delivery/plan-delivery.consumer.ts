import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  AccountBlockedV1,
  AccountDeletedV1,
  AccountMovedV1,
  AccountUnblockedV1,
  AccountUpdatedV1,
  consumerName,
  FollowAcceptedV1,
  FollowRejectedV1,
  FollowRequestedV1,
  FollowUndoneV1,
  RelayChangedV1,
  ReportCreatedV1,
  StatusAskedV1,
  StatusDeletedV1,
  StatusEditedV1,
  StatusFavouritedV1,
  StatusPermittedV1,
  StatusPinnedV1,
  StatusForwardedV1,
  StatusPublishedV1,
  StatusQuotedV1,
  StatusTalliedV1,
  StatusUnfavouritedV1,
  StatusUnquotedV1,
  StatusVotedV1,
  type EventContract,
  type EventOf,
} from '@trunkline/contracts';
import { planAccountBlocked, planAccountDeleted, planAccountUnblocked, planAccountUpdated } from './plan-account.js';
import { planAsked } from './plan-asked.js';
import { PlanDeliveryAdapter } from './plan-delivery.adapter.js';
import { planFavourited, planUnfavourited } from './plan-favourite.js';
import { planForwarded } from './plan-forwarded.js';
import { planFollowAccepted, planFollowRejected, planFollowRequested, planFollowUndone } from './plan-follow.js';
import { planPermitted } from './plan-permitted.js';
import { planAccountMoved, planStatusPinned } from './plan-move.js';
import { planRelayChanged, planReportForwarded } from './plan-server.js';
import { planQuoted, planUnquoted } from './plan-quote.js';
import { planDeleted, planEdited, planPublished, planTallied } from './plan-status.js';
import { planVoted } from './plan-vote.js';

const name = (event: EventContract): string => consumerName('outbox', 'plan', event);
const BATCH = { batch: true };

/** Events that other servers have to hear of. Nothing else writes `federation.delivery_bodies`. */
@Controller()
export class PlanDeliveryConsumer {
  constructor(private readonly adapter: PlanDeliveryAdapter) {}

  @EventPattern<string>(name(StatusPublishedV1), BATCH)
  published(@Payload() events: EventOf<typeof StatusPublishedV1>[]): Promise<void> {
    return this.adapter.planBatch(planPublished, events);
  }

  @EventPattern<string>(name(StatusEditedV1), BATCH)
  edited(@Payload() events: EventOf<typeof StatusEditedV1>[]): Promise<void> {
    return this.adapter.planBatch(planEdited, events);
  }

  @EventPattern<string>(name(StatusTalliedV1), BATCH)
  tallied(@Payload() events: EventOf<typeof StatusTalliedV1>[]): Promise<void> {
    return this.adapter.planBatch(planTallied, events);
  }

  @EventPattern<string>(name(StatusVotedV1), BATCH)
  voted(@Payload() events: EventOf<typeof StatusVotedV1>[]): Promise<void> {
    return this.adapter.planBatch(planVoted, events);
  }

  @EventPattern<string>(name(StatusDeletedV1), BATCH)
  deleted(@Payload() events: EventOf<typeof StatusDeletedV1>[]): Promise<void> {
    return this.adapter.planBatch(planDeleted, events);
  }

  @EventPattern<string>(name(StatusFavouritedV1), BATCH)
  favourited(@Payload() events: EventOf<typeof StatusFavouritedV1>[]): Promise<void> {
    return this.adapter.planBatch(planFavourited, events);
  }

  @EventPattern<string>(name(StatusUnfavouritedV1), BATCH)
  unfavourited(@Payload() events: EventOf<typeof StatusUnfavouritedV1>[]): Promise<void> {
    return this.adapter.planBatch(planUnfavourited, events);
  }

  @EventPattern<string>(name(StatusForwardedV1), BATCH)
  forwarded(@Payload() events: EventOf<typeof StatusForwardedV1>[]): Promise<void> {
    return this.adapter.planBatch(planForwarded, events);
  }

  @EventPattern<string>(name(StatusQuotedV1), BATCH)
  quoted(@Payload() events: EventOf<typeof StatusQuotedV1>[]): Promise<void> {
    return this.adapter.planBatch(planQuoted, events);
  }

  @EventPattern<string>(name(StatusUnquotedV1), BATCH)
  unquoted(@Payload() events: EventOf<typeof StatusUnquotedV1>[]): Promise<void> {
    return this.adapter.planBatch(planUnquoted, events);
  }

  @EventPattern<string>(name(StatusPermittedV1), BATCH)
  permitted(@Payload() events: EventOf<typeof StatusPermittedV1>[]): Promise<void> {
    return this.adapter.planBatch(planPermitted, events);
  }

  @EventPattern<string>(name(StatusAskedV1), BATCH)
  asked(@Payload() events: EventOf<typeof StatusAskedV1>[]): Promise<void> {
    return this.adapter.planBatch(planAsked, events);
  }

  @EventPattern<string>(name(FollowRequestedV1), BATCH)
  followRequested(@Payload() events: EventOf<typeof FollowRequestedV1>[]): Promise<void> {
    return this.adapter.planBatch(planFollowRequested, events);
  }

  @EventPattern<string>(name(FollowAcceptedV1), BATCH)
  followAccepted(@Payload() events: EventOf<typeof FollowAcceptedV1>[]): Promise<void> {
    return this.adapter.planBatch(planFollowAccepted, events);
  }

  @EventPattern<string>(name(FollowRejectedV1), BATCH)
  followRejected(@Payload() events: EventOf<typeof FollowRejectedV1>[]): Promise<void> {
    return this.adapter.planBatch(planFollowRejected, events);
  }

  @EventPattern<string>(name(FollowUndoneV1), BATCH)
  followUndone(@Payload() events: EventOf<typeof FollowUndoneV1>[]): Promise<void> {
    return this.adapter.planBatch(planFollowUndone, events);
  }

  @EventPattern<string>(name(AccountBlockedV1), BATCH)
  accountBlocked(@Payload() events: EventOf<typeof AccountBlockedV1>[]): Promise<void> {
    return this.adapter.planBatch(planAccountBlocked, events);
  }

  @EventPattern<string>(name(AccountUnblockedV1), BATCH)
  accountUnblocked(@Payload() events: EventOf<typeof AccountUnblockedV1>[]): Promise<void> {
    return this.adapter.planBatch(planAccountUnblocked, events);
  }

  @EventPattern<string>(name(AccountUpdatedV1), BATCH)
  accountUpdated(@Payload() events: EventOf<typeof AccountUpdatedV1>[]): Promise<void> {
    return this.adapter.planBatch(planAccountUpdated, events);
  }

  @EventPattern<string>(name(AccountDeletedV1), BATCH)
  accountDeleted(@Payload() events: EventOf<typeof AccountDeletedV1>[]): Promise<void> {
    return this.adapter.planBatch(planAccountDeleted, events);
  }

  @EventPattern<string>(name(AccountMovedV1), BATCH)
  accountMoved(@Payload() events: EventOf<typeof AccountMovedV1>[]): Promise<void> {
    return this.adapter.planBatch(planAccountMoved, events);
  }

  @EventPattern<string>(name(StatusPinnedV1), BATCH)
  statusPinned(@Payload() events: EventOf<typeof StatusPinnedV1>[]): Promise<void> {
    return this.adapter.planBatch(planStatusPinned, events);
  }

  @EventPattern<string>(name(ReportCreatedV1), BATCH)
  reportCreated(@Payload() events: EventOf<typeof ReportCreatedV1>[]): Promise<void> {
    return this.adapter.planBatch(planReportForwarded, events);
  }

  @EventPattern<string>(name(RelayChangedV1), BATCH)
  relayChanged(@Payload() events: EventOf<typeof RelayChangedV1>[]): Promise<void> {
    return this.adapter.planBatch(planRelayChanged, events);
  }
}
