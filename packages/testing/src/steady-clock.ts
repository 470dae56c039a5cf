import { until } from './until.js';

const TICK_MS = 10;
/** What a tick with its question may take on a machine that is busy but awake. */
const TICK_MAX_MS = 60;

/**
 * Tells how long something took, in ms, without the time in which the machine itself stood still: a test that wants something within a
 * second shall fail for what the server does, not for a neighbour that took both cores away. What stood still is told by a timer that
 * came late or a database that took long over nothing.
 */
export class SteadyClock {
  private readonly fromMs = performance.now();
  private stalledMs = 0;
  private isOver = false;
  private readonly watching: Promise<void>;

  constructor(private readonly ask: () => Promise<unknown>) {
    this.watching = this.watch();
  }

  /** Time passed since it was made, in ms. */
  nowMs(): number {
    return performance.now() - this.fromMs - this.stalledMs;
  }

  /** Looks until it is so; resolves to when the last look began that found it otherwise, 0 if none did. @throws WaitedInVain */
  async lastOtherwiseMs(what: string, isSo: () => Promise<boolean> | boolean): Promise<number> {
    let otherwiseMs = 0;
    await until(what, async () => {
      // When a look began counts: a busy machine may answer it late.
      const beganMs = this.nowMs();
      if (await isSo()) return true;
      otherwiseMs = beganMs;
      return false;
    });
    return otherwiseMs;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.watching;
  }

  private async watch(): Promise<void> {
    while (!this.isOver) {
      const beganMs = performance.now();
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
      await this.ask().catch(() => undefined);
      this.stalledMs += Math.max(0, performance.now() - beganMs - TICK_MAX_MS);
    }
  }
}
