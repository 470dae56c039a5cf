import { hostOf } from '@trunkline/activitypub';
import { registrableDomain } from '@trunkline/social';

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
    if (taken >= this.limits.perHostMax) return false;
    this.byDomain.set(domain, taken + 1);
    return true;
  }
}
