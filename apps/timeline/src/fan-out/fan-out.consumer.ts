import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import {
  AccountBlockedV1,
  consumerName,
  FollowAcceptedV1,
  FollowUndoneV1,
  StatusDeletedV1,
  StatusEditedV1,
  StatusPublishedV1,
  StatusTalliedV1,
  type EventOf,
} from '@trunkline/contracts';
import type { JetStreamContext } from '@trunkline/messaging';
import { doneBefore } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { conclude, handleBatch } from '../handle-batch.js';
import { removeBlocked, removeUnfollowed, renewFollower } from './adjust-feeds.js';
import { announceEdits, announceTallies, fanOutStatuses, withdrawStatuses, type FannedOut, type Told } from './fan-out-status.js';
import { Shared } from '../reading/shared.adapter.js';
import type { FanOutPorts } from './ports.js';
import { Turns } from './turns.js';

const name = (event: Parameters<typeof consumerName>[2]): string => consumerName('timeline', 'fan-out', event);
const BATCH = { batch: true };
/**
 * Several batches at once, since one holds a post with a million followers as long as it takes, in turns with everything
 * else; the broker is told meanwhile that it is being worked on.
 */
const LONG_BATCH = { ...BATCH, concurrency: 4, timeoutMs: 600_000 };
/** Pieces of fan-out under way at the same time in this process: each is one page of followers. */
const TURNS_AT_ONCE = 4;

/** Events that change home feeds. Nothing else writes `feed:*`, but the reader who builds a missing one. */
@Controller()
export class FanOutConsumer {
  private readonly ports: FanOutPorts;

  constructor(
    @Inject(BACKBONE) private readonly backbone: Backbone,
    private readonly shared: Shared,
  ) {
    const { store, feeds, pulled, live, policy, clock, cache: progress } = backbone;
    this.ports = { store, posts: shared.posts, feeds, pulled, live, policy, clock, progress, turns: new Turns(TURNS_AT_ONCE) };
  }

  @EventPattern<string>(name(StatusPublishedV1), LONG_BATCH)
  async published(@Payload() events: EventOf<typeof StatusPublishedV1>[], @Ctx() context: JetStreamContext): Promise<void> {
    const { db, clock, parts: { metrics } } = this.backbone;
    const startedMs = performance.now();
    // Announced again since another group has not done it yet, it would stand in all feeds twice, and be shown twice to those who watch.
    const done = await doneBefore(db, name(StatusPublishedV1), events.map(({ eventId }) => eventId), clock.nowMs());
    const told = toldOf(events, context).filter(({ event }) => !done.has(event.eventId));
    const { feeds, failed } = await fanOutStatuses(this.ports, told);
    for (const { event } of told) metrics.fanoutRecipients.observe(feeds.get(event.eventId) ?? 0);
    metrics.fanoutSeconds.observe((performance.now() - startedMs) / 1000);
    await conclude(this.done(StatusPublishedV1), told.map(({ event }) => event), failed);
  }

  @EventPattern<string>(name(StatusEditedV1), LONG_BATCH)
  edited(@Payload() events: EventOf<typeof StatusEditedV1>[], @Ctx() context: JetStreamContext): Promise<void> {
    return this.together(StatusEditedV1, events, announceEdits(this.ports, toldOf(events, context)));
  }

  @EventPattern<string>(name(StatusTalliedV1), LONG_BATCH)
  tallied(@Payload() events: EventOf<typeof StatusTalliedV1>[], @Ctx() context: JetStreamContext): Promise<void> {
    return this.together(StatusTalliedV1, events, announceTallies(this.ports, toldOf(events, context)));
  }

  @EventPattern<string>(name(StatusDeletedV1), LONG_BATCH)
  deleted(@Payload() events: EventOf<typeof StatusDeletedV1>[], @Ctx() context: JetStreamContext): Promise<void> {
    return this.together(StatusDeletedV1, events, withdrawStatuses(this.ports, toldOf(events, context)));
  }

  @EventPattern<string>(name(FollowAcceptedV1), BATCH)
  followed(@Payload() events: EventOf<typeof FollowAcceptedV1>[]): Promise<void> {
    return handleBatch(this.done(FollowAcceptedV1), events, (event) => renewFollower(this.backbone, event));
  }

  @EventPattern<string>(name(FollowUndoneV1), BATCH)
  unfollowed(@Payload() events: EventOf<typeof FollowUndoneV1>[]): Promise<void> {
    return handleBatch(this.done(FollowUndoneV1), events, (event) => removeUnfollowed(this.backbone, event));
  }

  @EventPattern<string>(name(AccountBlockedV1), BATCH)
  blocked(@Payload() events: EventOf<typeof AccountBlockedV1>[]): Promise<void> {
    return handleBatch(this.done(AccountBlockedV1), events, (event) => removeBlocked(this.backbone, event));
  }

  private async together(event: Parameters<typeof name>[0], events: readonly { readonly eventId: string }[], work: Promise<FannedOut>): Promise<void> {
    await conclude(this.done(event), events, (await work).failed);
  }

  private done(event: Parameters<typeof name>[0]): (eventIds: readonly string[]) => Promise<void> {
    return (eventIds) => this.shared.marks.mark(name(event), eventIds);
  }
}

const toldOf = <E>(events: readonly E[], context: JetStreamContext): Told<E>[] =>
  events.map((event, at) => ({ event, again: context.deliveries[at]?.redelivered ?? true }));
