/** More than a process can have under way: older ones are given up, clients re-read after a reconnect. */
const WAITING_MAX = 10_000;
const BATCH_MAX = 200;

/**
 * Hands items on in order, in batches: while one is worked on, the next one gathers. A batch that fails is reported and
 * left behind, since live traffic may be lost but must not stop.
 */
export class LiveQueue<T> {
  private waiting: T[] = [];
  private running: Promise<void> | null = null;

  constructor(
    private readonly work: (batch: readonly T[]) => Promise<void>,
    private readonly onError: (error: unknown) => void,
    private readonly onOverflow: (dropped: number) => void = () => undefined,
  ) {}

  push(item: T): void {
    this.waiting.push(item);
    const over = this.waiting.length - WAITING_MAX;
    if (over > 0) {
      this.waiting.splice(0, over);
      this.onOverflow(over);
    }
    this.running ??= this.run().finally(() => (this.running = null));
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  private async run(): Promise<void> {
    // What arrives in the same turn shares the first batch.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH_MAX);
      await this.work(batch).catch((error: unknown) => this.oneByOne(batch, error));
    }
  }

  /** One bad item fails alone. A batch fails before anything of it is handed on, so nothing comes twice. */
  private async oneByOne(batch: readonly T[], error: unknown): Promise<void> {
    this.onError(error);
    if (batch.length === 1) return;
    for (const item of batch) await this.work([item]).catch(() => undefined);
  }
}
