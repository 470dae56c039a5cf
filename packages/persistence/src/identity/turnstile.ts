/** Lets a few pieces of work through at once, keeps a bounded number waiting in order, and refuses the rest. */
export class Turnstile {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: { readonly atOnceMax: number; readonly waitingMax: number }) {}

  /** @throws what `refusal` makes, when the line is full. */
  async pass<T>(work: () => Promise<T>, refusal: () => Error): Promise<T> {
    if (this.running < this.limits.atOnceMax) this.running += 1;
    else if (this.waiting.length >= this.limits.waitingMax) throw refusal();
    // The place is handed on, never given back in between: nobody who comes now gets ahead of those in line.
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}
