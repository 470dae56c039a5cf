import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerSpec } from '@trunkline/contracts';
import type { Broker } from './broker.js';
import { PullRequests } from './pull-requests.js';
import type { WorkMessage } from './work-message.js';

/**
 * Batches begin at least this far apart, unless one is full: a batch of one costs nearly as much as one of ten, and on a
 * busy machine what many small ones cost is what everybody then waits for. What comes alone is not held up.
 */
const GATHER_MS = 10;
/** Half of what the last batch took, so that those of two workers begin in turn, but no longer than this. */
const GATHER_MS_MAX = 40;

export interface LaneSettings {
  /** Messages per call of `settle`: 1 for single handlers. */
  readonly batchMax: number;
  /** Calls of `settle` at the same time. */
  readonly concurrency: number;
  readonly ackWaitSeconds: number;
}

/**
 * Pulls one consumer's messages and hands them to `settle`, as many at once as wait; a lone one at once, one that follows
 * another closely after a moment for others to come.
 * What is fetched is bounded by what this process can work on: `batchMax × concurrency` in work and as many
 * fetched ahead. While messages are in hand the broker is told so, and does not give them to another process.
 */
export class PullLane {
  private readonly ready: WorkMessage[] = [];
  /** Fetched and not settled: `ready` and what is being handled. */
  private readonly held = new Set<WorkMessage>();
  private readonly hungry: (() => void)[] = [];
  private readonly heldMax: number;
  private requests: PullRequests | null = null;
  private workers: Promise<unknown> = Promise.resolve();
  private heartbeat: NodeJS.Timeout | undefined;
  private stopping = false;
  private lastMovedMs = performance.now();
  /** When the last batch began. */
  private begunMs = -Infinity;
  private gatherMs = GATHER_MS;

  constructor(
    private readonly broker: Broker,
    readonly spec: ConsumerSpec,
    private readonly settings: LaneSettings,
    private readonly settle: (messages: readonly WorkMessage[]) => Promise<void>,
    /** Told once when the broker ends pulls by force: perhaps the consumer is gone. */
    private readonly onRefused: () => void,
  ) {
    this.heldMax = 2 * settings.batchMax * settings.concurrency;
  }

  start(): void {
    this.heartbeat = setInterval(() => this.extendHeld(), (this.settings.ackWaitSeconds * 1000) / 3).unref();
    this.requests = new PullRequests(this.broker, {
      stream: this.broker.names.stream(this.spec.stream),
      consumer: this.spec.name,
      room: () => this.room(),
      take: (message) => this.take(message),
      refused: (code, description) => {
        this.broker.hooks.log('warn', 'pull refused', { consumer: this.spec.name, code, description });
        this.onRefused();
      },
    });
    this.workers = Promise.all(Array.from({ length: this.settings.concurrency }, () => this.work()));
  }

  /** For how long nothing came while nothing was in hand; 0 while there is work. */
  idleMs(): number {
    return this.held.size > 0 ? 0 : performance.now() - this.lastMovedMs;
  }

  /** Asks anew: the consumer was made again, or the pull stands still. */
  restart(): void {
    this.lastMovedMs = performance.now();
    this.requests?.restart();
  }

  /** Fetches no more, gives back what was not begun, and resolves when the handlers in flight are done. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const wake of this.hungry.splice(0)) wake();
    for (const message of this.ready.splice(0)) this.giveBack(message);
    await this.requests?.stop();
    await this.workers;
    clearInterval(this.heartbeat);
  }

  /** In steps of a batch at least, so that a busy lane does not ask for messages one by one. */
  private room(): number {
    const free = this.heldMax - this.held.size;
    return free < this.settings.batchMax ? 0 : free;
  }

  private take(message: WorkMessage): void {
    this.lastMovedMs = performance.now();
    this.held.add(message);
    if (this.stopping) return this.giveBack(message);
    this.ready.push(message);
    this.hungry.shift()?.();
  }

  private async work(): Promise<void> {
    while (!this.stopping) {
      if (this.ready.length === 0) await new Promise<void>((resolve) => this.hungry.push(resolve));
      if (this.settings.batchMax > 1) await this.gather();
      if (this.stopping) return;
      const batch = this.ready.splice(0, this.settings.batchMax);
      if (batch.length === 0) continue;
      const begunMs = performance.now();
      this.begunMs = begunMs;
      await this.settle(batch);
      this.gatherMs = Math.min(Math.max(GATHER_MS, (performance.now() - begunMs) / 2), GATHER_MS_MAX);
      for (const message of batch) this.held.delete(message);
      this.lastMovedMs = performance.now();
      this.requests?.ask();
    }
  }

  /** What arrived in the same packet becomes one batch, and what comes within a moment of the batch before. */
  private async gather(): Promise<void> {
    await nextTurn();
    const restMs = this.begunMs + this.gatherMs - performance.now();
    if (restMs > 0 && this.ready.length < this.settings.batchMax) await sleep(restMs);
  }

  private extendHeld(): void {
    if (!this.broker.connected) return;
    for (const message of this.held) message.working();
  }

  private giveBack(message: WorkMessage): void {
    this.held.delete(message);
    try {
      message.nak();
    } catch {
      // The connection is gone: the message comes back after its wait.
    }
  }
}
