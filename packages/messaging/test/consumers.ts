import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { consumerName, StatusFavouritedV1, type EventOf } from '@trunkline/contracts';
import { JetStreamContext, type OutgoingEvent } from '../src/index.js';
import { favourited } from './scenario.js';

export type Favourited = EventOf<typeof StatusFavouritedV1>;
export const NOTIFY = consumerName('timeline', 'notify', StatusFavouritedV1);

/** A consumer of favourites, in batches. */
export function inBatches(handle: (events: Favourited[], context: JetStreamContext) => unknown): new () => object {
  class Consumer {
    @EventPattern<string>(NOTIFY, { batch: true })
    handle(@Payload() events: Favourited[], @Ctx() context: JetStreamContext): unknown {
      return handle(events, context);
    }
  }
  return Consumer;
}

/** A consumer of favourites, one by one. */
export function singly(handle: (event: Favourited, context: JetStreamContext) => unknown): new () => object {
  class Consumer {
    @EventPattern<string>(NOTIFY)
    handle(@Payload() event: Favourited, @Ctx() context: JetStreamContext): unknown {
      return handle(event, context);
    }
  }
  return Consumer;
}

/** For `Scenario.outcomes`: so many were acknowledged. */
export const acked =
  (count: number) =>
  (all: readonly { outcome: string }[]): boolean =>
    all.filter(({ outcome }) => outcome === 'acked').length >= count;

export const idsOf = (events: readonly { eventId: string }[]): string[] => events.map(({ eventId }) => eventId).sort();
export const favourites = (count: number): OutgoingEvent[] => Array.from({ length: count }, (_, i) => favourited(i));
