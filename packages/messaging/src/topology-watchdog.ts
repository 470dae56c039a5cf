import type { Broker } from './broker.js';
import { reasonOf } from './hooks.js';
import type { PullLane } from './pull-lane.js';
import { ensureTopology, type TopologyReport } from './topology.js';
import type { TopologySettings } from './topology-config.js';

const INTERVAL_MS = 10_000;
const STALLED_AFTER_MS = 60_000;

export interface WatchdogOptions {
  readonly broker: Broker;
  readonly topology: TopologySettings;
  /** This process's pulls, by consumer. */
  readonly lanes: ReadonlyMap<string, PullLane>;
  readonly watchdogIntervalMs?: number;
  readonly stalledAfterMs?: number;
}

/**
 * Keeps a process consuming, whatever happened to the broker: at start, every ten seconds and after each
 * reconnect it recreates streams and consumers that are missing, and starts pulls anew that stand still.
 */
export class TopologyWatchdog {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private forgetReconnects: () => void = () => undefined;

  constructor(private readonly options: WatchdogOptions) {}

  async start(): Promise<void> {
    this.timer = setInterval(() => void this.check(), this.options.watchdogIntervalMs ?? INTERVAL_MS).unref();
    this.forgetReconnects = this.options.broker.onReconnect(() => void this.check());
    await this.check();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.forgetReconnects();
    await this.running;
  }

  /** One look at everything. Never rejects; looks that overlap are one. */
  check(): Promise<void> {
    this.running ??= this.look().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async look(): Promise<void> {
    const { broker, topology } = this.options;
    if (!broker.connected) return;
    try {
      const report = await ensureTopology(broker, topology);
      this.tell(report);
      for (const name of report.created) this.options.lanes.get(name)?.restart();
      this.restartStalled(report);
    } catch (error) {
      broker.hooks.log('error', 'streams could not be checked', { reason: reasonOf(error) });
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
