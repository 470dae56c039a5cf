import type { EventLane } from '@trunkline/contracts';
import type { Database } from '../database.js';
import { RELAY_CONSUMER, type EventStore, type OutboxEvent } from './events.js';

/** messaging's EventPublisher: says per event whether the broker has stored it. */
export interface RelayPublisher {
  publish(events: readonly OutboxEvent[]): Promise<{
    readonly published: readonly string[];
    readonly failed: readonly { readonly eventId: string; readonly reason: string }[];
  }>;
}

/** Where events go that can never be published. */
export interface RelayParking {
  park(letter: {
    eventId: string;
    subject: string;
    consumer: string;
    payload: Readonly<Record<string, unknown>>;
    reason: string;
    attempts: number;
  }): Promise<void>;
}

/** Rounds begin at least this far apart: under load each then takes what several would have taken. */
const GATHER_MS = 5;

export interface EventRelaySettings {
  /** Default: local. Each lane has a relay, so that events which the broker refuses hold up their own lane only. */
  readonly lane?: EventLane;
  readonly batch?: number;
  readonly pollMs?: number;
  /** Pause after a round in which something could not be published. */
  readonly pauseMs?: number;
  readonly onError?: (error: unknown) => void;
}

/**
 * Publishes events of a lane after their commit. Every publishing process runs one; they share the work row by row, so
 * it does not matter how many there are. A crash after publishing and before marking publishes again: the
 * broker drops the repeat, or the consumers' done rows do.
 */
export class EventRelay {
  private readonly settings: Required<EventRelaySettings>;
  private running: Promise<void> | null = null;
  private stopping = false;
  private rung = false;
  private begunMs = -Infinity;
  private ring: (() => void) | null = null;

  constructor(
    private readonly db: Database,
    private readonly events: EventStore,
    private readonly publisher: RelayPublisher,
    private readonly parking: RelayParking,
    settings: EventRelaySettings = {},
  ) {
    this.settings = { lane: 'local', batch: 200, pollMs: 1_000, pauseMs: 500, onError: () => undefined, ...settings };
  }

  start(): void {
    this.stopping = false;
    this.running ??= this.loop();
  }

  /** Something was committed: look at once. Cheap, may be called any number of times. */
  wake(): void {
    this.rung = true;
    this.ring?.();
  }

  /** Resolves when the batch under way is marked. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.running;
    this.running = null;
  }

  /** One batch. @returns how many rows it took and how many of them the broker has. */
  async runOnce(): Promise<{ claimed: number; published: number }> {
    const { claimed, published, invalid } = await this.db.transaction(async (tx) => {
      const events = await this.events.claimUnpublished(tx, this.settings.lane, this.settings.batch);
      if (events.length === 0) return { claimed: events, published: 0, invalid: [] };
      const report = await this.publisher.publish(events);
      const failures = report.failed.filter((failure) => failure.reason.startsWith('invalid'));
      const over = new Set([...report.published, ...failures.map((failure) => failure.eventId)]);
      await this.events.markPublished(tx, events.filter((event) => over.has(event.eventId)));
      return { claimed: events, published: over.size, invalid: failures };
    });
    // After the commit, since parking needs a connection too. An event lost here is announced and parked again.
    await this.parkInvalid(claimed, invalid);
    return { claimed: claimed.length, published };
  }

  /** An event that breaks its contract will do so for ever, and would be tried every second. */
  private async parkInvalid(claimed: readonly OutboxEvent[], invalid: readonly { eventId: string; reason: string }[]): Promise<void> {
    for (const { eventId, reason } of invalid) {
      const event = claimed.find((candidate) => candidate.eventId === eventId);
      if (event === undefined) continue;
      await this.parking.park({ eventId, subject: event.subject, consumer: RELAY_CONSUMER, payload: event.payload, reason, attempts: 1 });
    }
  }

  private async loop(): Promise<void> {
    while (!this.stopping) {
      const restMs = this.begunMs + GATHER_MS - performance.now();
      if (restMs > 0) await this.pause(restMs);
      if (this.stopping) return;
      this.rung = false;
      this.begunMs = performance.now();
      const outcome = await this.runOnce().catch((error: unknown) => {
        this.settings.onError(error);
        return null;
      });
      if (outcome === null || outcome.published < outcome.claimed) await this.pause(this.settings.pauseMs);
      // A full batch: there is more.
      else if (outcome.claimed < this.settings.batch) await this.rest();
    }
  }

  private async rest(): Promise<void> {
    if (!this.rung) await this.pause(this.settings.pollMs, true);
  }

  private async pause(ms: number, wakeable = false): Promise<void> {
    if (this.stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.ring = () => {
        if (!wakeable && !this.stopping) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.ring = null;
  }
}
