import { hostOf } from '@trunkline/activitypub';

/** What one reading may cost other servers, and us. */
export interface ReadingLimits {
  /** Objects asked for: posts, and what stands in for them. */
  readonly documentsMax: number;
  /** Pages of collections asked for. */
  readonly pagesMax: number;
  /** Of both together, those of one host. */
  readonly perHostMax: number;
  /** No further request is begun after this time. */
  readonly msMax: number;
}

/** Counts down what is left of one reading's limits. Ends early when the process does. */
export class ReadingBudget {
  private documents: number;
  private pages: number;
  private readonly byHost = new Map<string, number>();
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
    const taken = host === null ? Infinity : (this.byHost.get(host) ?? 0);
    if (!this.goesOn || host === null || taken >= this.limits.perHostMax) return false;
    this.byHost.set(host, taken + 1);
    return true;
  }
}
