import { unavailable } from '@trunkline/kernel';

export interface GivenUpSettings {
  /** Of those that may still hold a connection and what they read. */
  readonly max: number;
  /** By then a statement or a fetch has ended by its own timeout (30 s); what still does not end is a bug that holds nothing, and must not stop others. */
  readonly countedMs: number;
}

const DEFAULTS: GivenUpSettings = { max: 16, countedMs: 60_000 };

/**
 * Work that is waited for so long and no longer. What is given up is told by its signal and goes on until it hears that, at the
 * latest when its statement or fetch ends; until then it is counted. While too much goes on nothing new is begun, so that a store or
 * a stranger who keeps everything waiting piles up nothing.
 */
export class GivenUp {
  private readonly settings: GivenUpSettings;
  private goingOn = 0;

  constructor(settings: Partial<GivenUpSettings> = {}) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  /**
   * @param whenLate what stands for the answer; may throw
   * @throws AppError 503 while too much goes on that was given up
   */
  async within<T>(timeoutMs: number, begin: (signal: AbortSignal) => Promise<T>, whenLate: () => T): Promise<T> {
    if (this.goingOn >= this.settings.max) throw unavailable('too_much_given_up');
    const giveUp = new AbortController();
    const work = begin(giveUp.signal);
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), timeoutMs);
    try {
      const first = await Promise.race([work.then((value) => ({ value })), late.promise]);
      if (first !== 'late') return first.value;
    } finally {
      clearTimeout(timer);
    }
    giveUp.abort();
    this.count(work);
    return whenLate();
  }

  /** Its end is nobody's any more but for the count. */
  private count(work: Promise<unknown>): void {
    this.goingOn += 1;
    const forgotten = Promise.withResolvers<void>();
    const timer = setTimeout(forgotten.resolve, this.settings.countedMs).unref();
    const ended = work.then(() => undefined, () => undefined);
    void Promise.race([ended, forgotten.promise]).finally(() => {
      clearTimeout(timer);
      this.goingOn -= 1;
    });
  }
}
