import type { RateCounter } from '@trunkline/platform';
import type { Clock } from '@trunkline/kernel';
import { registrableDomain } from '@trunkline/social';

/** In an hour, of all who have no tie to the person told: a server that nobody here knows, */
const STRANGE_NOTICES = 300;
/** and for each follow that goes there from here as many again: a large one that people here know never meets its limit. */
const NOTICES_PER_FOLLOW = 100;
const FOLLOWS_COUNTED_MAX = 1_000;
const WINDOW_SECONDS = 3_600;

const STANDING_MS = 10 * 60_000;
const DOMAINS_MAX = 10_000;

export interface StrangerBudgetPorts {
  /** Counts where all copies see it. */
  readonly rates: RateCounter;
  /** Follows of people here that go to accounts of the domain, as far as `max`. */
  readonly followsTo: (domain: string, max: number) => Promise<number>;
  readonly clock: Clock;
  /** The first time in its hour that a domain has used up what it may. */
  readonly onFull: (domain: string, limit: number) => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * How many notices people get from a server whose sender they do not follow: mentions, follows, favourites, boosts, quotes. A new
 * domain that names thousands of people is heard by a few hundred of them; what it wrote is stored like anything else, and stands in its threads.
 * Counted by registrable domain, since a wildcard record gives one person any number of hosts.
 */
export class StrangerBudget {
  private readonly standings = new Map<string, { readonly limit: number; readonly untilMs: number }>();

  constructor(private readonly ports: StrangerBudgetPorts) {}

  /** Of `count` notices from the domain so many may be told. All, while nobody can count. */
  async admit(domain: string, count: number): Promise<number> {
    const limit = await this.limitOf(domain);
    try {
      const { count: used } = await this.ports.rates.hit(`strange-notices:${registrableDomain(domain)}`, limit, WINDOW_SECONDS, count);
      const room = Math.max(0, Math.min(count, limit - (used - count)));
      if (used > limit && used - count <= limit) this.ports.onFull(domain, limit);
      return room;
    } catch (error) {
      this.ports.onFault(error);
      return count;
    }
  }

  private async limitOf(domain: string): Promise<number> {
    const nowMs = this.ports.clock.nowMs();
    const known = this.standings.get(domain);
    if (known !== undefined && known.untilMs > nowMs) return known.limit;
    const limit = STRANGE_NOTICES + NOTICES_PER_FOLLOW * (await this.ports.followsTo(domain, FOLLOWS_COUNTED_MAX));
    if (this.standings.size >= DOMAINS_MAX) this.standings.clear();
    this.standings.set(domain, { limit, untilMs: nowMs + STANDING_MS });
    return limit;
  }
}
