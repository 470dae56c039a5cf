import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Controller, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { connectBroker, connectJetStream, EventPublisher, JetStreamStrategy } from '../src/index.js';
import type { Broker, DeadLetter, DeadLetterPort, HandledOutcome, JetStreamStrategyOptions, MessagingHooks, OutgoingEvent } from '../src/index.js';

/** Things that happened, and a promise for the moment when they are as a test wants them. */
export class Seen<T> {
  readonly all: T[] = [];
  private readonly checks = new Set<() => void>();

  add(item: T): void {
    this.all.push(item);
    for (const check of this.checks) check();
  }

  until(done: (all: readonly T[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!done(this.all)) return;
        this.checks.delete(check);
        resolve();
      };
      this.checks.add(check);
      check();
    });
  }
}

/** The port's promises, in memory. */
class DeadLettersInMemory implements DeadLetterPort {
  readonly parked = new Seen<{ readonly consumer: string; readonly reason: string; readonly eventId?: string; readonly attempts?: number }>();
  readonly suspects = new Map<string, DeadLetter>();

  async park(letter: DeadLetter): Promise<void> {
    this.parked.add(letter);
  }

  async parkPoison(letter: Parameters<DeadLetterPort['parkPoison']>[0]): Promise<void> {
    this.parked.add(letter);
  }

  async markSuspect(letter: DeadLetter): Promise<boolean> {
    const key = `${letter.consumer} ${letter.eventId}`;
    if (this.suspects.has(key)) return false;
    this.suspects.set(key, letter);
    return true;
  }

  async clearSuspect(eventId: string, consumer: string): Promise<void> {
    this.suspects.delete(`${consumer} ${eventId}`);
  }
}

/** One installation on the broker: processes of it, and what they did. Every test has a prefix of its own. */
export class Scenario {
  readonly prefix = `t${randomUUID().slice(0, 8)}`;
  readonly outcomes = new Seen<{ readonly consumer: string; readonly outcome: HandledOutcome }>();
  readonly logs = new Seen<{ readonly message: string; readonly fields: Readonly<Record<string, unknown>> }>();
  readonly restarted = new Seen<string>();
  readonly deadLetters = new DeadLettersInMemory();
  readonly topology: { readonly replicas: 1; readonly sizeFactor: number; readonly ackWaitSeconds: number };
  private readonly apps: INestApplication[] = [];
  private readonly brokers: Broker[] = [];
  private readonly hooks: MessagingHooks = {
    log: (_level, message, fields) => this.logs.add({ message, fields }),
    handled: (consumer, outcome) => this.outcomes.add({ consumer, outcome }),
    pullRestarted: (consumer) => this.restarted.add(consumer),
  };

  constructor(
    private readonly url: string,
    ackWaitSeconds = 1,
  ) {
    this.topology = { replicas: 1, sizeFactor: 1 / 64, ackWaitSeconds };
  }

  async broker(): Promise<Broker> {
    const broker = await connectBroker({ url: this.url, prefix: this.prefix, name: 'test', hooks: this.hooks });
    this.brokers.push(broker);
    return broker;
  }

  /** A process with that consumer class, started. */
  async process(
    consumer: new () => object,
    options: Partial<JetStreamStrategyOptions> = {},
  ): Promise<{ readonly broker: Broker; readonly strategy: JetStreamStrategy }> {
    const broker = options.broker ?? (await this.broker());
    const strategy = new JetStreamStrategy({
      broker,
      topology: this.topology,
      deadLetters: this.deadLetters,
      retryDelayMs: () => 20,
      ...options,
    });
    class Host {}
    Controller()(consumer);
    Module({ controllers: [consumer] })(Host);
    const app = await NestFactory.create(Host, new FastifyAdapter(), { logger: false, abortOnError: false });
    connectJetStream(app, strategy);
    await app.startAllMicroservices();
    this.apps.push(app);
    return { broker, strategy };
  }

  async publisher(): Promise<EventPublisher> {
    return new EventPublisher(await this.broker());
  }

  /** Resolve when the broker knows every subscription made so far. */
  flushes(): Promise<void>[] {
    return this.brokers.map((broker) => broker.nats.flush());
  }

  async end(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.close()));
    await Promise.all(
      this.brokers.map(async (broker) => {
        if (broker.connected) {
          for (const name of ['INBOUND', 'SOCIAL', 'REMOTE', 'CANARY']) await broker.manager.streams.delete(broker.names.stream(name)).catch(() => false);
        }
        await broker.drain();
      }),
    );
  }
}

/** A favourite, the smallest event that has two consumers (notify and plan). */
export function favourited(serial: number, traceparent?: string): OutgoingEvent {
  const eventId = randomUUID();
  return {
    eventId,
    subject: 'status.favourited.v1',
    payload: { eventId, favouriteId: String(serial), accountId: '11', statusId: '51' },
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** The doorbell, on the workqueue. */
export function received(inboundIds: readonly string[]): OutgoingEvent {
  const eventId = randomUUID();
  return { eventId, subject: 'activity.received.v1', payload: { eventId, inboundIds } };
}
