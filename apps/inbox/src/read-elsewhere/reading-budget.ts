import { hostOf } from '@trunkline/activitypub';
import { fail, type Result } from '@trunkline/kernel';
import { registrableDomain } from '@trunkline/social';

/** From here on an answer is a slow one, */
const SLOW_FROM_MS = 3_000;
/** and a domain whose slow answers took so long together is asked nothing more in this reading: who drips holds its place no longer. */
const SLOW_MS_MAX = 20_000;

/** What one reading may cost other servers, and us. */
export interface ReadingLimits {
  /** Objects asked for: posts, and what stands in for them. */
  readonly documentsMax: number;
  /** Pages of collections asked for. */
  readonly pagesMax: number;
  /** Of both together, those of one registrable domain: a wildcard record gives one person any number of hosts. */
  readonly perHostMax: number;
  /** No further request is begun after this time. */
  readonly msMax: number;
}

/** Counts down what is left of one reading's limits. Ends early when the process does. */
export class ReadingBudget {
  private documents: number;
  private pages: number;
  private readonly byDomain = new Map<string, number>();
  private readonly slowMs = new Map<string, number>();
  private readonly endMs: number;

  constructor(
    private readonly limits: ReadingLimits,
    private readonly signal: AbortSignal,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {
    this.documents = limits.documentsMax;
    this.pages = limits.pagesMax;
    this.endMs = monotonicMs() + limits.msMax;
  }

  /** Whether anything may still be asked. */
  get goesOn(): boolean {
    return !this.signal.aborted && this.monotonicMs() < this.endMs;
  }

  /** One request, whose time counts for its domain. Fails as busy, and asks nobody, when that has been too slow or the reading is over. */
  async timed<T>(url: string, ask: () => Promise<Result<T, { code: string }>>): Promise<Result<T, { code: string }>> {
    const domain = registrableDomain(hostOf(url) ?? '');
    if (!this.goesOn || this.isTooSlow(domain)) return fail({ code: 'busy' });
    const startedMs = this.monotonicMs();
    try {
      return await ask();
    } finally {
      const tookMs = this.monotonicMs() - startedMs;
      if (tookMs >= SLOW_FROM_MS) this.slowMs.set(domain, (this.slowMs.get(domain) ?? 0) + tookMs);
    }
  }

  private isTooSlow(domain: string): boolean {
    return (this.slowMs.get(domain) ?? 0) >= SLOW_MS_MAX;
  }

  takeDocument(url: string): boolean {
    if (this.documents === 0 || !this.takeAt(url)) return false;
    this.documents -= 1;
    return true;
  }

  takePage(url: string): boolean {
    if (this.pages === 0 || !this.takeAt(url)) return false;
    this.pages -= 1;
    return true;
  }

  private takeAt(url: string): boolean {
    const host = hostOf(url);
    if (host === null || !this.goesOn) return false;
    const domain = registrableDomain(host);
    const taken = this.byDomain.get(domain) ?? 0;
    if (taken >= this.limits.perHostMax || this.isTooSlow(domain)) return false;
    this.byDomain.set(domain, taken + 1);
    return true;
  }
}
