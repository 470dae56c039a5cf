export interface BackgroundLaneSettings {
  readonly waitingMax: number;
  readonly atOnce: number;
  /** Of those that wait, and of those under way, the ones that one domain brought about: who is slow holds up their own. */
  readonly waitingPerDomain: number;
  readonly atOncePerDomain: number;
}

const DEFAULTS: BackgroundLaneSettings = { waitingMax: 1_000, atOnce: 6, waitingPerDomain: 250, atOncePerDomain: 2 };

interface Waiting {
  readonly domain: string;
  readonly work: () => Promise<unknown>;
}

/**
 * Work that makes things nicer and that nobody waits for. It is lost when the process ends, and what comes when the lane
 * is full is left out: threads fill up with the next reply, profiles with the next activity.
 */
export class BackgroundLane {
  private readonly waiting = new Map<string, Waiting>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly waitingOf = new Counts();
  private readonly runningOf = new Counts();
  private stopped = false;
  /** Told how much waits or is under way, whenever that changes. */
  onSize: (size: number) => void = () => undefined;
  private readonly settings: BackgroundLaneSettings;

  constructor(
    private readonly onError: (key: string, error: unknown) => void,
    settings: Partial<BackgroundLaneSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  /** False: it waits already, or there is no room. `domain`: the registrable one that brought it about. */
  add(key: string, domain: string, work: () => Promise<unknown>): boolean {
    const { waitingMax, waitingPerDomain } = this.settings;
    const full = this.waiting.size >= waitingMax || this.waitingOf.of(domain) >= waitingPerDomain;
    if (this.stopped || full || this.waiting.has(key) || this.running.has(key)) return false;
    this.waiting.set(key, { domain, work });
    this.waitingOf.move(domain, 1);
    this.next();
    this.onSize(this.waiting.size + this.running.size);
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
    for (const [key, { domain, work }] of this.waiting) {
      if (this.running.size >= this.settings.atOnce) return;
      if (this.runningOf.of(domain) >= this.settings.atOncePerDomain) continue;
      this.waiting.delete(key);
      this.waitingOf.move(domain, -1);
      this.runningOf.move(domain, 1);
      this.running.set(key, this.run(key, domain, work));
    }
  }

  private async run(key: string, domain: string, work: () => Promise<unknown>): Promise<void> {
    // First the caller's turn ends: the work may begin with the very thing that the caller is about to finish.
    await Promise.resolve();
    try {
      await work();
    } catch (error) {
      this.onError(key, error);
    }
    this.running.delete(key);
    this.runningOf.move(domain, -1);
    this.next();
    this.onSize(this.waiting.size + this.running.size);
  }
}

/** How many of each name; who has none is forgotten. */
class Counts {
  private readonly counts = new Map<string, number>();

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  move(name: string, by: 1 | -1): void {
    const count = this.of(name) + by;
    if (count === 0) this.counts.delete(name);
    else this.counts.set(name, count);
  }
}
