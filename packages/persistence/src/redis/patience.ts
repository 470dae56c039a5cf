type Reject = (error: Error) => void;

/**
 * Gives up on work that takes too long, with one timer for all of it: the client's own timeouts are a signal and a timer
 * for each command, and cost more than most commands.
 */
export class Patience {
  private recent = new Set<Reject>();
  private earlier = new Set<Reject>();
  private timer: NodeJS.Timeout | null = null;

  /** Work is given up after `ms` at the earliest, twice that at the latest. */
  constructor(private readonly ms: number) {}

  /** What the work gives. @throws Error when it takes too long; what it gives then is lost. */
  async within<T>(work: Promise<T>): Promise<T> {
    let giveUp: Reject = () => undefined;
    const tooLong = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    this.recent.add(giveUp);
    this.timer ??= this.wait();
    try {
      return await Promise.race([work, tooLong]);
    } finally {
      if (!this.recent.delete(giveUp)) this.earlier.delete(giveUp);
    }
  }

  // After a stall of this process timers come first: answers that lie there are read before anything is given up.
  private readonly wait = (): NodeJS.Timeout => setTimeout(() => setImmediate(() => this.turn()), this.ms).unref();

  private turn(): void {
    for (const reject of this.earlier) reject(new Error('no answer in time'));
    this.earlier = this.recent;
    this.recent = new Set();
    this.timer = this.earlier.size === 0 ? null : this.wait();
  }
}
