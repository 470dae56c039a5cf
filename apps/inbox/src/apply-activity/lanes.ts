/** Runs what is given to it, so many at once. A lane whose work fails ends; the others go on. */
export class Lanes {
  private readonly queue: (() => Promise<void>)[] = [];
  private readonly running = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | null = null;

  constructor(private readonly atOnce: number) {}

  add(work: () => Promise<void>): void {
    this.queue.push(work);
    if (this.running.size >= this.atOnce) return;
    const lane = this.drain().finally(() => this.running.delete(lane));
    this.running.add(lane);
  }

  /** Resolves when nothing runs any more. @throws what the first failed one threw */
  async ended(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
    if (this.failure !== null) throw this.failure.error;
  }

  private async drain(): Promise<void> {
    try {
      for (let work = this.queue.shift(); work !== undefined; work = this.queue.shift()) await work();
    } catch (error) {
      this.failure ??= { error };
    }
  }
}
