export interface BackgroundLaneSettings {
  readonly waitingMax: number;
  readonly atOnce: number;
}

const DEFAULTS: BackgroundLaneSettings = { waitingMax: 1_000, atOnce: 4 };

/**
 * Work that makes things nicer and that nobody waits for. It is lost when the process ends, and what comes when the lane
 * is full is left out: threads fill up with the next reply, profiles with the next activity.
 */
export class BackgroundLane {
  private readonly waiting = new Map<string, () => Promise<unknown>>();
  private readonly running = new Map<string, Promise<void>>();
  private stopped = false;
  private readonly settings: BackgroundLaneSettings;

  constructor(
    private readonly onError: (key: string, error: unknown) => void,
    settings: Partial<BackgroundLaneSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  /** False: it waits already, or there is no room. */
  add(key: string, work: () => Promise<unknown>): boolean {
    const full = this.waiting.size >= this.settings.waitingMax;
    if (this.stopped || full || this.waiting.has(key) || this.running.has(key)) return false;
    this.waiting.set(key, work);
    this.next();
    return true;
  }

  /** Resolves when nothing waits and nothing runs. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  /** Forgets what waits, and waits for what runs. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.waiting.clear();
    await this.idle();
  }

  private next(): void {
    for (const [key, work] of this.waiting) {
      if (this.running.size >= this.settings.atOnce) return;
      this.waiting.delete(key);
      this.running.set(key, this.run(key, work));
    }
  }

  private async run(key: string, work: () => Promise<unknown>): Promise<void> {
    // First the caller's turn ends: the work may begin with the very thing that the caller is about to finish.
    await Promise.resolve();
    try {
      await work();
    } catch (error) {
      this.onError(key, error);
    }
    this.running.delete(key);
    this.next();
  }
}
