/** What must be undone, last started first stopped; a signal or a failure may ask at any moment. */
export class StopInOrder {
  private readonly first: (() => void)[] = [];
  private readonly steps: (() => Promise<void> | void)[] = [];
  private running: Promise<void> | undefined;

  add(step: () => Promise<void> | void): void {
    this.steps.unshift(step);
  }

  /** A step that runs before all others, whatever is added later. */
  addFirst(step: () => void): void {
    this.first.push(step);
  }

  /**
   * Waits for a step of the start that must not be cut in two: a stop that comes meanwhile waits for it as well, and
   * undoes what it made.
   */
  async during<T>(work: Promise<T>, undo: (made: T) => Promise<void> | void = () => undefined): Promise<T> {
    this.add(() => work.then(undo, () => undefined));
    return await work;
  }

  get isStopping(): boolean {
    return this.running !== undefined;
  }

  /** Runs the steps one after another, once; a step that fails does not keep the next from running. */
  stop(): Promise<void> {
    this.running ??= this.run();
    return this.running;
  }

  /** Stops on Ctrl-C, on SIGTERM and when the parent is gone, then ends this process with `exitCode`. */
  stopOnSignals(exitCode = 0): void {
    const onSignal = (): void => {
      if (this.isStopping) return;
      console.log('\nStopping …');
      void this.stop().then(() => process.exit(exitCode));
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    process.on('disconnect', onSignal);
    // Listening for the parent's end must not keep this process alive.
    process.channel?.unref();
  }

  private async run(): Promise<void> {
    for (const step of this.first) step();
    for (let step = this.steps.shift(); step; step = this.steps.shift()) {
      try {
        await step();
      } catch (error) {
        console.error(error);
      }
    }
  }
}
