import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { AccountMovedV1, consumerName, type EventOf } from '@trunkline/contracts';
import type { AccountId } from '@trunkline/kernel';
import { BatchFailure } from '@trunkline/messaging';
import { markFirst } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { moveTies, remakeHomeFeed } from '@trunkline/social';

const NAME = consumerName('inbox', 'move', AccountMovedV1);

/** Takes along the people here when an account moves, a page for each event: what is cut off goes on where it was. */
@Controller()
export class MoveTiesConsumer {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  @EventPattern<string>(NAME, { batch: true })
  async moved(@Payload() events: EventOf<typeof AccountMovedV1>[]): Promise<void> {
    const failed = new Map<string, unknown>();
    for (const event of events) {
      await this.movePage(event).catch((error: unknown) => failed.set(event.eventId, error));
    }
    if (failed.size > 0) throw new BatchFailure(failed);
  }

  private async movePage({ eventId, ...move }: EventOf<typeof AccountMovedV1>): Promise<void> {
    const { db, ids, lists } = this.backbone;
    const keptApart = (ownerId: AccountId): Promise<void> => remakeHomeFeed(this.backbone, ownerId);
    const store = move.local ? this.backbone.store : this.backbone.store.ofRemotes();
    const accounts = await store.accountsByIds([move.accountId, move.targetId]);
    const account = accounts.find(({ id }) => id === move.accountId);
    const target = accounts.find(({ id }) => id === move.targetId);
    // Taken back or gone on meanwhile: whoever was taken along stays there.
    const stands = account !== undefined && target !== undefined && account.movedToUri === target.uri && target.deletedAt === null && target.suspendedAt === null;
    const next = stands ? await moveTies({ store, ids, lists, keptApart }, account, target, move.afterId) : null;
    await db.transaction(async (tx) => {
      if (!(await markFirst(tx, NAME, [eventId])).has(eventId) || next === null) return;
      await store.within(tx).appendEvent(AccountMovedV1, { ...move, afterId: next });
    });
  }
}
