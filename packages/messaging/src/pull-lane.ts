import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Subscription } from '@nats-io/transport-node';
import type { ConsumerSpec } from '@trunkline/contracts';
import type { Broker } from './broker.js';
import { Pause, within } from './deadline.js';
import { reasonOf } from './hooks.js';

const PULL_EXPIRES_MS = 30_000;
const PULL_HEARTBEAT_MS = 5_000;
const RESTART_PAUSE_MS = 500;
const DRAIN_TIMEOUT_MS = 1_000;

export interface LaneSettings {
  /** Messages per call of `settle`: 1 for single handlers. */
  readonly batchMax: number;
  /** Calls of `settle` at the same time. */
  readonly concurrency: number;
  readonly ackWaitSeconds: number;
}

/**
 * Pulls one consumer's messages and hands them to `settle`, as many at once as wait, without waiting for more.
 * What is fetched is bounded by what this process can work on: `batchMax × concurrency` in hand and as many
 * fetched ahead. While messages are in hand the broker is told so, and does not give them to another process.
 */
export class PullLane {
  private readonly ready: JsMsg[] = [];
  /** Fetched and not settled: `ready` and what is being handled. */
  private readonly held = new Set<JsMsg>();
  private readonly hungry: (() => void)[] = [];
  private roomFor: (() => void) | null = null;
  private messages: ConsumerMessages | null = null;
  private readonly pause = new Pause();
  private stopping = false;
  private running: Promise<unknown> = Promise.resolve();
  private heartbeat: NodeJS.Timeout | undefined;
  private lastMovedMs = performance.now();

  constructor(
    private readonly broker: Broker,
    readonly spec: ConsumerSpec,
    private readonly settings: LaneSettings,
    private readonly settle: (messages: readonly JsMsg[]) => Promise<void>,
  ) {}

  start(): void {
    this.heartbeat = setInterval(() => this.extendHeld(), (this.settings.ackWaitSeconds * 1000) / 3).unref();
    const workers = Array.from({ length: this.settings.concurrency }, () => this.work());
    this.running = Promise.all([this.pull(), ...workers]);
  }

  /** For how long nothing came while nothing was in hand; 0 while there is work. */
  idleMs(): number {
    return this.held.size > 0 ? 0 : performance.now() - this.lastMovedMs;
  }

  /** Drops the running pull and starts another: the consumer was made anew, or the pull stands still. */
  restart(): void {
    this.lastMovedMs = performance.now();
    this.messages?.stop();
    this.pause.end();
  }

  /** Fetches no more, gives back what was not begun, and resolves when the handlers in flight are done. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.pause.end();
    this.roomFor?.();
    if (this.messages !== null) await this.endPull(this.messages);
    for (const wake of this.hungry.splice(0)) wake();
    await this.running;
    clearInterval(this.heartbeat);
  }

  /**
   * Ends a pull so that what the broker sent meanwhile still arrives (to be given back): cut off, it would lie
   * until its acknowledgement wait is over. The client drains subscriptions but shows a pull's only inside.
   */
  private async endPull(messages: ConsumerMessages & { readonly sub?: Subscription }): Promise<void> {
    try {
      if (messages.sub !== undefined && this.broker.connected) await within(DRAIN_TIMEOUT_MS, 'the pull', messages.sub.drain());
    } catch {
      // The connection went; stopping is all that is left to do.
    }
    messages.stop();
  }

  private async pull(): Promise<void> {
    while (!this.stopping && !this.broker.nats.isClosed()) {
      try {
        const consumer = await this.broker.jetstream.consumers.get(this.broker.names.stream(this.spec.stream), this.spec.name);
        if (this.stopping) break;
        this.messages = await consumer.consume({
          max_messages: this.settings.batchMax * this.settings.concurrency,
          expires: PULL_EXPIRES_MS,
          idle_heartbeat: PULL_HEARTBEAT_MS,
          abort_on_missing_resource: true,
        });
        await this.read(this.messages);
      } catch (error) {
        if (!this.stopping) this.broker.hooks.log('warn', 'pull ended', { consumer: this.spec.name, reason: reasonOf(error) });
      }
      this.messages = null;
      if (!this.stopping) await this.pause.wait(RESTART_PAUSE_MS);
    }
    for (const message of this.ready.splice(0)) this.giveBack(message);
  }

  private async read(messages: ConsumerMessages): Promise<void> {
    const readyMax = this.settings.batchMax * this.settings.concurrency;
    if (this.stopping) void this.endPull(messages);
    for await (const message of messages) {
      this.lastMovedMs = performance.now();
      this.held.add(message);
      if (this.stopping) {
        this.giveBack(message);
        continue;
      }
      this.ready.push(message);
      this.hungry.shift()?.();
      if (this.ready.length >= readyMax) await new Promise<void>((resolve) => (this.roomFor = resolve));
    }
  }

  private async work(): Promise<void> {
    while (!this.stopping) {
      if (this.ready.length === 0) await new Promise<void>((resolve) => this.hungry.push(resolve));
      // What arrived in the same packet becomes one batch.
      if (this.settings.batchMax > 1) await nextTurn();
      if (this.stopping) break;
      const batch = this.ready.splice(0, this.settings.batchMax);
      this.roomFor?.();
      this.roomFor = null;
      if (batch.length === 0) continue;
      await this.settle(batch);
      for (const message of batch) this.held.delete(message);
      this.lastMovedMs = performance.now();
    }
  }

  private extendHeld(): void {
    if (!this.broker.connected) return;
    for (const message of this.held) message.working();
  }

  private giveBack(message: JsMsg): void {
    this.held.delete(message);
    try {
      message.nak();
    } catch {
      // The connection is gone: the message comes back after its wait.
    }
  }
}
