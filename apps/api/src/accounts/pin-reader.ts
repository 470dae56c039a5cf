import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { RateLimiter, type Backbone, type RateRule } from '@trunkline/platform';
import { syncFeatured } from '@trunkline/social';

/** Of one profile, however many look at it. */
const READS: RateRule = { name: 'pins-read', limit: 1, windowSeconds: 3_600 };
const UNDER_WAY_MAX = 8;

/** Reads what remote authors pinned when somebody here looks at their profile: not every server tells. */
export class PinReader {
  private readonly underWay = new Set<AccountId>();
  private readonly limiter: RateLimiter;

  constructor(private readonly backbone: Backbone) {
    this.limiter = new RateLimiter(backbone.rates, (err) => backbone.parts.logger.debug({ event: 'rates_away', err }, 'pins are not read for now'));
  }

  /** Begins to read them; nobody waits for it, and the next look shows them. */
  look(account: Account): void {
    const { id, domain, featuredUrl, suspendedAt } = account;
    if (domain === null || featuredUrl === null || suspendedAt !== null || this.underWay.has(id) || this.underWay.size >= UNDER_WAY_MAX) return;
    this.underWay.add(id);
    void this.read(account)
      .catch((err: unknown) => this.backbone.parts.logger.debug({ event: 'pins_not_read', err }, 'what somebody pinned could not be read'))
      .finally(() => this.underWay.delete(id));
  }

  private async read(account: Account): Promise<void> {
    const { allowed } = await this.limiter.check(READS, account.id, this.backbone.clock.nowMs());
    if (allowed) await syncFeatured(this.backbone, account);
  }
}
