import { LIVE, type LivePublicMessage, type LiveUserMessage } from '@trunkline/contracts';
import type { AccountId } from '@trunkline/kernel';
import type { LiveBus } from '@trunkline/messaging';
import type { LivePort } from '@trunkline/social';

/** Some fifty kilobytes: live messages are limited to 64. */
const ACCOUNTS_PER_MESSAGE = 2_500;

const NAMED_MAX = 1_000;

/** Live traffic of this process, over core NATS. */
export class NatsLive implements LivePort {
  constructor(private readonly bus: LiveBus) {}

  toUsers(accountIds: readonly AccountId[], message: LiveUserMessage): void {
    for (const id of accountIds) this.bus.publish(LIVE.user(id), message);
  }

  toHomes(accountIds: readonly AccountId[], message: LiveUserMessage): void {
    for (let from = 0; from < accountIds.length; from += ACCOUNTS_PER_MESSAGE) {
      this.bus.publish(LIVE.homes, { accountIds: accountIds.slice(from, from + ACCOUNTS_PER_MESSAGE).join(','), message });
    }
  }

  toFollowers(authorId: AccountId, except: readonly AccountId[], message: LiveUserMessage): void {
    this.bus.publish(LIVE.followers, { authorId, except: except.slice(0, NAMED_MAX), message });
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
