import type { PolicySnapshot } from '@trunkline/domain';
import type { PolicyPort } from '@trunkline/social';

/** Where the rules stand, and a cheap way to tell whether they changed. */
export interface PolicySource {
  load(): Promise<PolicySnapshot>;
  version(): Promise<number>;
}

/** A decision holds everywhere within a second: half of that for the poll, the rest for the load. */
const POLL_MS = 500;

/**
 * The moderation rules of this process, in memory. A broadcast refreshes them at once, a poll of one row every
 * 500 ms guarantees it. While Postgres is away the last rules stay in force: nothing opens up.
 */
export class PolicyWatch implements PolicyPort {
  private timer: NodeJS.Timeout | null = null;
  private refreshing: Promise<void> | null = null;
  private readonly listeners = new Set<(snapshot: PolicySnapshot) => void>();

  private constructor(
    private readonly source: PolicySource,
    private snapshot: PolicySnapshot,
    private readonly onError: (error: unknown) => void,
  ) {}

  static async start(source: PolicySource, onError: (error: unknown) => void): Promise<PolicyWatch> {
    const watch = new PolicyWatch(source, await source.load(), onError);
    watch.schedule();
    return watch;
  }

  current(): PolicySnapshot {
    return this.snapshot;
  }

  /** Called with every newer snapshot; returns the way out. */
  onChange(listener: (snapshot: PolicySnapshot) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Loads when the version row says so; concurrent calls share one look, asked again if it was already under way. */
  async refresh(): Promise<void> {
    if (this.refreshing !== null) await this.refreshing;
    this.refreshing ??= this.look().finally(() => (this.refreshing = null));
    await this.refreshing;
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.listeners.clear();
  }

  private async look(): Promise<void> {
    try {
      if ((await this.source.version()) === this.snapshot.version) return;
      this.snapshot = await this.source.load();
      for (const listener of this.listeners) listener(this.snapshot);
    } catch (error) {
      this.onError(error);
    }
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      void this.refresh().finally(() => {
        if (this.timer !== null) this.schedule();
      });
    }, POLL_MS);
  }
}
