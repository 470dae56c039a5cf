import type { Broker } from './broker.js';
import { Pause } from './deadline.js';
import { reasonOf } from './hooks.js';
import type { PullLane } from './pull-lane.js';
import { ensureTopology, removeRuined, type TopologyReport } from './topology.js';
import type { TopologySettings } from './topology-config.js';

const INTERVAL_MS = 10_000;
const STALLED_AFTER_MS = 60_000;
/**
 * A stream that just went may still be going: the broker forgets its name before it removes its folder, and what is made
 * in between loses the folder. So there is a rest first, of a different length in every process.
 */
const GONE_REST_MS = 250;
const GONE_REST_JITTER_MS = 750;
/** Between a look that did not end well and the next. */
const AGAIN_MS = 1_000;

export interface WatchdogOptions {
  readonly broker: Broker;
  readonly topology: TopologySettings;
  /** This process's pulls, by consumer. */
  readonly lanes: ReadonlyMap<string, PullLane>;
  readonly watchdogIntervalMs?: number;
  readonly stalledAfterMs?: number;
}

/**
 * Keeps a process consuming, whatever happened to the broker: at start, every ten seconds, after each reconnect and when a
 * stream refuses, it makes streams and consumers anew that are missing or ruined, and starts pulls anew that stand still.
 */
export class TopologyWatchdog {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private again: NodeJS.Timeout | undefined;
  private readonly forget: (() => void)[] = [];
  private readonly pause = new Pause();
  private stopping = false;
  /** Whether all stood once: what is missing afterwards was taken away. */
  private stood = false;

  constructor(private readonly options: WatchdogOptions) {}

  async start(): Promise<void> {
    this.timer = setInterval(() => void this.check(), this.options.watchdogIntervalMs ?? INTERVAL_MS).unref();
    const { broker } = this.options;
    this.forget.push(broker.onReconnect(() => void this.check()), broker.ruined.onNoted(() => this.checkSoon()));
    await this.check();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    clearTimeout(this.again);
    for (const forget of this.forget.splice(0)) forget();
    this.pause.end();
    await this.running;
  }

  /** One look at everything. Never rejects; looks that overlap are one. */
  check(): Promise<void> {
    this.running ??= this.look().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Once, however often it is asked for meanwhile. */
  private checkSoon(): void {
    if (this.stopping) return;
    this.again ??= setTimeout(() => {
      this.again = undefined;
      void this.check();
    }, AGAIN_MS).unref();
  }

  private async look(): Promise<void> {
    const { broker, topology } = this.options;
    if (!broker.connected) return;
    try {
      const { removed, missing } = await removeRuined(broker, topology, (ms) => this.pause.wait(ms));
      if (removed.length > 0) broker.hooks.log('error', 'streams that lost their folder are made anew', { removed });
      if (this.stood && missing.length > 0) await this.pause.wait(GONE_REST_MS + Math.random() * GONE_REST_JITTER_MS);
      if (this.stopping) return;
      const report = await ensureTopology(broker, topology);
      this.stood = true;
      this.tell(report);
      for (const name of report.created) this.options.lanes.get(name)?.restart();
      this.restartStalled(report);
    } catch (error) {
      broker.hooks.log('error', 'streams could not be checked', { reason: reasonOf(error) });
      this.checkSoon();
    }
  }

  private tell(report: TopologyReport): void {
    const { hooks } = this.options.broker;
    const { created, updated, conflicts } = report;
    if (created.length + updated.length > 0) hooks.log('info', 'streams and consumers brought up', { created, updated });
    for (const conflict of conflicts) hooks.log('error', 'the broker holds something else', { conflict });
  }

  private restartStalled(report: TopologyReport): void {
    const { broker, lanes } = this.options;
    for (const { consumer, pending } of report.lag) {
      const lane = lanes.get(consumer);
      if (lane === undefined || pending === 0) continue;
      if (lane.idleMs() < (this.options.stalledAfterMs ?? STALLED_AFTER_MS)) continue;
      broker.hooks.log('warn', 'pull stood still, starting it anew', { consumer, pending });
      broker.hooks.pullRestarted?.(consumer);
      lane.restart();
    }
  }
}
