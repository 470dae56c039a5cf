import { LIVE, type LivePublicMessage, type LiveUserMessage } from '@trunkline/contracts';
import type { AccountId } from '@trunkline/kernel';
import type { LiveBus } from '@trunkline/messaging';
import type { LivePort } from '@trunkline/social';

/** Live traffic of this process, over core NATS. */
export class NatsLive implements LivePort {
  constructor(private readonly bus: LiveBus) {}

  toUsers(accountIds: readonly AccountId[], message: LiveUserMessage): void {
    for (const id of accountIds) this.bus.publish(LIVE.user(id), message);
  }

  toPublic(message: LivePublicMessage): void {
    this.bus.publish(LIVE.public, message);
  }

  killed(accountId: AccountId): void {
    this.bus.publish(LIVE.kill, { accountId });
  }

  rulesChanged(): void {
    this.bus.publish(LIVE.rules);
  }

  deliveriesPlanned(): void {
    this.bus.publish(LIVE.deliveries);
  }
}
