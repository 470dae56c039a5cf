import { registrableDomain } from '@trunkline/social';

export interface ApartLimits {
  /** Works under way that are not slow (yet). */
  readonly quick: number;
  /** Works under way that take long: what they wait for is elsewhere. */
  readonly slow: number;
  /** Those of one registrable domain: a wildcard record gives one person any number of hosts. */
  readonly slowPerDomain: number;
  /** A work that is not done after so long gives its place to another and goes on in a slow one. */
  readonly slowAfterMs: number;
  readonly waitingMax: number;
}

/** Together fewer than the fetches that a process may have under way: keys and what people look up find room beside them. */
const DEFAULTS: ApartLimits = { quick: 16, slow: 32, slowPerDomain: 4, slowAfterMs: 1_000, waitingMax: 500 };

/** Work that was taken on. */
export interface Taken<T> {
  readonly done: Promise<T>;
  /** Resolves when it is done, or goes on in a slow place: nobody needs to wait for it any longer. Never rejects. */
  readonly noLongerQuick: Promise<'done' | 'slow'>;
}

interface Chain {
  works: number;
  tail: Promise<unknown>;
  /** Of the work that is under way: it goes on in a slow place. */
  isSlow: boolean;
}

/**
 * Work that goes one by one, and may have to ask other servers that do not answer. Works of one actor follow each other.
 * Slow ones are bounded and stand apart: they hold up neither the quick ones nor the batch that they came with.
 */
export class ApartLane {
  private readonly chains = new Map<string, Chain>();
  private readonly slowByDomain = new Map<string, number>();
  private readonly queue: (() => void)[] = [];
  private readonly limits: ApartLimits;
  private freeQuick: number;
  private freeSlow: number;
  private taken = 0;

  constructor(limits: Partial<ApartLimits> = {}) {
    this.limits = { ...DEFAULTS, ...limits };
    this.freeQuick = this.limits.quick;
    this.freeSlow = this.limits.slow;
  }

  /** Whether something of this actor is under way or waits here. */
  has(actorUri: string): boolean {
    return this.chains.has(actorUri);
  }

  /** null: there is no room, or the host's domain keeps all waiting that it may. Nothing happens then. */
  add<T>(actorUri: string, host: string, work: () => Promise<T>): Taken<T> | null {
    const known = this.chains.get(actorUri);
    const domain = registrableDomain(host);
    const isStuck = (this.slowByDomain.get(domain) ?? 0) >= this.limits.slowPerDomain && known === undefined;
    if (isStuck || this.taken >= this.limits.waitingMax) return null;
    const chain = known ?? { works: 0, tail: Promise.resolve(), isSlow: false };
    this.chains.set(actorUri, chain);
    chain.works += 1;
    this.taken += 1;
    let tellSlow = (): void => undefined;
    const slow = new Promise<'slow'>((resolve) => (tellSlow = () => resolve('slow')));
    // Who stands behind a slow one of the same actor waits as long as that.
    if (chain.isSlow) tellSlow();
    const done = chain.tail.then(() => this.run(chain, domain, work, tellSlow)).finally(() => this.leave(actorUri, chain));
    chain.tail = done.catch(() => undefined);
    return { done, noLongerQuick: Promise.race([slow, done.then(() => 'done' as const, () => 'done' as const)]) };
  }

  /** Resolves when nothing runs and nothing waits. */
  async ended(): Promise<void> {
    while (this.chains.size > 0) await Promise.all([...this.chains.values()].map(({ tail }) => tail));
  }

  private async run<T>(chain: Chain, domain: string, work: () => Promise<T>, tellSlow: () => void): Promise<T> {
    if (this.freeQuick > 0) this.freeQuick -= 1;
    else await new Promise<void>((resolve) => this.queue.push(resolve));
    const timer = setTimeout(() => {
      if (this.freeSlow === 0) return;
      this.freeSlow -= 1;
      this.slowByDomain.set(domain, (this.slowByDomain.get(domain) ?? 0) + 1);
      chain.isSlow = true;
      this.giveQuickBack();
      tellSlow();
    }, this.limits.slowAfterMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      if (chain.isSlow) this.giveSlowBack(domain);
      else this.giveQuickBack();
      chain.isSlow = false;
    }
  }

  private leave(actorUri: string, chain: Chain): void {
    this.taken -= 1;
    chain.works -= 1;
    if (chain.works === 0) this.chains.delete(actorUri);
  }

  private giveQuickBack(): void {
    const next = this.queue.shift();
    if (next === undefined) this.freeQuick += 1;
    else next();
  }

  private giveSlowBack(domain: string): void {
    this.freeSlow += 1;
    const left = (this.slowByDomain.get(domain) ?? 1) - 1;
    if (left === 0) this.slowByDomain.delete(domain);
    else this.slowByDomain.set(domain, left);
  }
}
