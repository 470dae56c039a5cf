import { Server, type MessageHandler } from '@nestjs/microservices';
import { CONSUMERS, type ConsumerSpec } from '@trunkline/contracts';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Broker } from './broker.js';
import type { DeadLetterPort } from './dead-letters.js';
import { within } from './deadline.js';
import type { Delivery } from './delivery.js';
import { reasonOf } from './hooks.js';
import { JetStreamContext } from './jetstream-context.js';
import { PullLane } from './pull-lane.js';
import { retryDelayMs } from './retry-delay.js';
import { MessageSettler } from './settle-messages.js';
import type { TopologySettings } from './topology-config.js';
import { TopologyWatchdog } from './topology-watchdog.js';

const TRIES_MAX = 5;
const HANDLER_TIMEOUT_MS = 60_000;
const DRAIN_TIMEOUT_MS = 20_000;
/** Two, so that one handler that hangs does not stop its consumer. */
const BATCHES_AT_ONCE = 2;
const SINGLES_AT_ONCE = 8;

/** The second argument of `@EventPattern<string>(consumerName(…), extras)`. */
export interface HandlerExtras {
  /** The handler takes an array of events, at most contracts' `batchMax`. */
  readonly batch?: boolean;
  /** Calls at the same time in this process: default 2 for batches, 8 for single events. */
  readonly concurrency?: number;
  /** After this the call counts as failed, default 60 s. */
  readonly timeoutMs?: number;
}

export interface JetStreamStrategyOptions {
  readonly broker: Broker;
  readonly topology: TopologySettings;
  readonly deadLetters: DeadLetterPort;
  /** Runs `fn` as a part of that trace; of none when a batch has several, whose contexts are in `ctx.deliveries`. */
  readonly runInTrace?: <T>(traceparent: string | undefined, fn: () => Promise<T>) => Promise<T>;
  /** Failed deliveries after which a message is parked, default 5. */
  readonly triesMax?: number;
  readonly retryDelayMs?: (tries: number) => number;
  readonly watchdogIntervalMs?: number;
  readonly stalledAfterMs?: number;
  /** How long `stopConsuming` waits for handlers in flight, default 20 s. */
  readonly drainTimeoutMs?: number;
}

/**
 * JetStream for Nest: `@EventPattern<string>(consumerName('timeline', 'fan-out', StatusPublishedV1), { batch: true })`
 * on a method that takes `@Payload()` events and `@Ctx()` a `JetStreamContext`. (The type argument picks Nest's
 * overload whose payload is not `{}`.) A message is acknowledged after its handler; only consumers that have a
 * handler in this process are pulled. Attach it by `connectJetStream`, so that what a handler throws arrives whole.
 */
export class JetStreamStrategy extends Server {
  override readonly transportId = Symbol('jetstream');
  /** Failures come to us: we answer the broker for them. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly lanes = new Map<string, PullLane>();
  private readonly watchdog: TopologyWatchdog;
  private stopped: Promise<void> | null = null;

  constructor(private readonly options: JetStreamStrategyOptions) {
    super();
    this.watchdog = new TopologyWatchdog({ ...options, lanes: this.lanes });
  }

  /** @throws TypeError for a pattern that is no consumer of contracts' table, or one that has a handler already. */
  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false, extras: HandlerExtras = {}): void {
    const name = String(pattern);
    if (!isEventHandler) throw new TypeError(`${name}: JetStream answers nobody, declare it by @EventPattern`);
    if (!CONSUMERS.some((spec) => spec.group === name)) throw new TypeError(`${name} is no consumer of streams.ts`);
    // Two handlers would share one acknowledgement and one group of done rows: give the second its own consumer.
    if (this.messageHandlers.has(name)) throw new TypeError(`${name} has two handlers`);
    super.addHandler(name, callback, isEventHandler, extras);
  }

  /** Starts pulling. A broker that is away at this moment only delays it: the watchdog goes on trying. */
  override async listen(callback: (error?: unknown) => void): Promise<void> {
    await this.watchdog.start();
    for (const spec of CONSUMERS) {
      const handler = this.messageHandlers.get(spec.group);
      if (handler === undefined) continue;
      const lane = this.laneOf(spec, handler);
      this.lanes.set(spec.name, lane);
      lane.start();
    }
    callback();
  }

  /**
   * Stops all pulls, gives back what was not begun and waits for handlers in flight, `drainTimeoutMs` at most
   * (what is cut off comes again elsewhere). The broker's connection stays open for their last acknowledgements:
   * drain it afterwards. Later calls wait for the same end.
   */
  stopConsuming(): Promise<void> {
    this.stopped ??= (async () => {
      await this.watchdog.stop();
      const lanes = Promise.all([...this.lanes.values()].map((lane) => lane.stop()));
      await within(this.options.drainTimeoutMs ?? DRAIN_TIMEOUT_MS, 'draining', lanes).catch((error: unknown) => {
        this.options.broker.hooks.log('error', 'handlers cut off', { reason: reasonOf(error) });
      });
    })();
    return this.stopped;
  }

  override close(): Promise<void> {
    return this.stopConsuming();
  }

  /** Nest's hook for transport events; this one has none, its words go to the broker's hooks. */
  override on(event: string): never {
    throw new TypeError(`no event ${event}: see MessagingHooks`);
  }

  override unwrap<T>(): T {
    return this.options.broker as T;
  }

  /** One look at streams, consumers and pulls, as the watchdog does by itself every ten seconds. */
  checkNow(): Promise<void> {
    return this.watchdog.check();
  }

  private laneOf(spec: ConsumerSpec, handler: MessageHandler): PullLane {
    const { broker, deadLetters, topology, triesMax, retryDelayMs: delayMs } = this.options;
    const extras: HandlerExtras = handler.extras ?? {};
    const batch = extras.batch === true;
    const settler = new MessageSettler(spec, (deliveries) => this.call(spec, handler, extras, deliveries), {
      hooks: broker.hooks,
      deadLetters,
      triesMax: triesMax ?? TRIES_MAX,
      retryDelayMs: delayMs ?? retryDelayMs,
    });
    const settings = {
      batchMax: batch ? spec.batchMax : 1,
      concurrency: extras.concurrency ?? (batch ? BATCHES_AT_ONCE : SINGLES_AT_ONCE),
      ackWaitSeconds: topology.ackWaitSeconds ?? spec.ackWaitSeconds,
    };
    return new PullLane(broker, spec, settings, (messages) => settler.settle(messages), () => void this.watchdog.check());
  }

  private async call(
    spec: ConsumerSpec,
    handler: MessageHandler,
    extras: HandlerExtras,
    deliveries: readonly Delivery[],
  ): Promise<unknown> {
    const ending = new AbortController();
    const facts = deliveries.map(({ event, deliveryCount, traceparent }) => ({
      eventId: event.eventId,
      redelivered: deliveryCount > 1,
      deliveryCount,
      traceparent,
    }));
    const context = new JetStreamContext([spec.group, facts, ending.signal]);
    const events = deliveries.map((delivery) => delivery.event);
    const run = async (): Promise<unknown> => {
      const result: unknown = await handler(extras.batch === true ? events : events[0], context);
      return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
    };
    const traceparents = new Set(facts.map((fact) => fact.traceparent));
    const traceparent = traceparents.size === 1 ? facts[0]?.traceparent : undefined;
    const runInTrace = this.options.runInTrace ?? ((_, fn) => fn());
    try {
      return await within(extras.timeoutMs ?? HANDLER_TIMEOUT_MS, spec.name, runInTrace(traceparent, run));
    } catch (error) {
      ending.abort(reasonOf(error));
      throw error;
    }
  }
}
