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
import { followsToDomains } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { conclude, handleBatch } from '../handle-batch.js';
import { Shared } from '../reading/shared.adapter.js';
import type { NotifyPorts } from './notices.js';
import {
  notifyOfFavourites,
  notifyOfFollows,
  notifyOfFollowRequests,
  notifyOfPoll,
  notifyOfQuotes,
  notifyOfQuotedEdits,
  notifyOfReport,
  notifyOfSignUp,
  notifyOfStatuses,
  withdrawBoosts,
  withdrawFavourites,
  withdrawFollows,
} from './notify.js';
import { StrangerBudget } from './stranger-budget.js';

const name = (event: Parameters<typeof consumerName>[2]): string => consumerName('timeline', 'notify', event);
const BATCH = { batch: true };

/** Events that people are told of. Nothing else writes `timeline.notifications`. */
@Controller()
export class NotifyConsumer {
  private readonly ports: NotifyPorts;

  constructor(
    @Inject(BACKBONE) backbone: Backbone,
    private readonly shared: Shared,
  ) {
    const { store, notifications, reports, users, ids, live, policy, rates, clock, db, parts } = backbone;
    const strangers = new StrangerBudget({
      rates,
      clock,
      followsTo: (domain, max) => followsToDomains(db, [domain], max),
      onFull: (domain, limit) => parts.logger.warn({ event: 'strange_notices_left_out', domain, limit }, 'a server has told people here as much as it may this hour'),
      onFault: (err) => parts.logger.warn({ event: 'rates_away', err }, 'what strangers say is not counted for now'),
    });
    this.ports = { store, posts: shared.posts, notifications, reports, users, ids, live, policy, strangers };
  }

  @EventPattern<string>(name(StatusPublishedV1), BATCH)
  async published(@Payload() events: EventOf<typeof StatusPublishedV1>[]): Promise<void> {
    await conclude(this.done(StatusPublishedV1), events, await notifyOfStatuses(this.ports, events));
  }

  @EventPattern<string>(name(StatusFavouritedV1), BATCH)
  async favourited(@Payload() events: EventOf<typeof StatusFavouritedV1>[]): Promise<void> {
    await conclude(this.done(StatusFavouritedV1), events, await notifyOfFavourites(this.ports, events));
  }

  @EventPattern<string>(name(StatusQuotedV1), BATCH)
  async quoted(@Payload() events: EventOf<typeof StatusQuotedV1>[]): Promise<void> {
    await conclude(this.done(StatusQuotedV1), events, await notifyOfQuotes(this.ports, events));
  }

  @EventPattern<string>(name(StatusEditedV1), BATCH)
  async edited(@Payload() events: EventOf<typeof StatusEditedV1>[]): Promise<void> {
    await conclude(this.done(StatusEditedV1), events, await notifyOfQuotedEdits(this.ports, events));
  }

  @EventPattern<string>(name(FollowRequestedV1), BATCH)
  async requested(@Payload() events: EventOf<typeof FollowRequestedV1>[]): Promise<void> {
    await conclude(this.done(FollowRequestedV1), events, await notifyOfFollowRequests(this.ports, events));
  }

  @EventPattern<string>(name(FollowAcceptedV1), BATCH)
  async followed(@Payload() events: EventOf<typeof FollowAcceptedV1>[]): Promise<void> {
    await conclude(this.done(FollowAcceptedV1), events, await notifyOfFollows(this.ports, events));
  }

  @EventPattern<string>(name(StatusTalliedV1), BATCH)
  tallied(@Payload() events: EventOf<typeof StatusTalliedV1>[]): Promise<void> {
    return handleBatch(this.done(StatusTalliedV1), events, (event) => notifyOfPoll(this.ports, event));
  }

  @EventPattern<string>(name(StatusUnfavouritedV1), BATCH)
  async unfavourited(@Payload() events: EventOf<typeof StatusUnfavouritedV1>[]): Promise<void> {
    await conclude(this.done(StatusUnfavouritedV1), events, await withdrawFavourites(this.ports, events));
  }

  @EventPattern<string>(name(StatusDeletedV1), BATCH)
  async deleted(@Payload() events: EventOf<typeof StatusDeletedV1>[]): Promise<void> {
    await conclude(this.done(StatusDeletedV1), events, await withdrawBoosts(this.ports, events));
  }

  @EventPattern<string>(name(FollowUndoneV1), BATCH)
  async unfollowed(@Payload() events: EventOf<typeof FollowUndoneV1>[]): Promise<void> {
    await conclude(this.done(FollowUndoneV1), events, await withdrawFollows(this.ports, events));
  }

  @EventPattern<string>(name(AccountRegisteredV1), BATCH)
  registered(@Payload() events: EventOf<typeof AccountRegisteredV1>[]): Promise<void> {
    return handleBatch(this.done(AccountRegisteredV1), events, (event) => notifyOfSignUp(this.ports, event));
  }

  @EventPattern<string>(name(ReportCreatedV1), BATCH)
  reported(@Payload() events: EventOf<typeof ReportCreatedV1>[]): Promise<void> {
    return handleBatch(this.done(ReportCreatedV1), events, (event) => notifyOfReport(this.ports, event));
  }

  private done(event: Parameters<typeof name>[0]): (eventIds: readonly string[]) => Promise<void> {
    return (eventIds) => this.shared.marks.mark(name(event), eventIds);
  }
}
