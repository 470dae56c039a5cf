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

/** Events of commits of this process that wait for their round; what finds no room is read from the table. */
const OFFERED_MAX = 1_000;
/** A look into the table for what others left leaves younger events to the process that wrote them. */
const LEFT_AFTER_MS = 1_000;
/** What was published from memory is marked together: nobody waits for that. */
const MARK_AFTER_MS = 40;
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

interface Round {
  readonly claimed: number;
  readonly published: number;
}

const NOTHING: Round = { claimed: 0, published: 0 };

interface Told {
  readonly events: readonly OutboxEvent[];
  readonly published: number;
  readonly invalid: readonly { readonly eventId: string; readonly reason: string }[];
}

/**
 * Publishes events of a lane after their commit: those of its own process from memory, and from the table what was left, since a process
 * ended or the broker was away. Every publishing process runs one; they share the table row by row, so it does not matter how many there
 * are. A crash after publishing and before marking publishes again: the broker drops the repeat, or the consumers' done rows do.
 */
export class EventRelay {
  private readonly settings: Required<EventRelaySettings>;
  private running: Promise<void> | null = null;
  private stopping = false;
  private rung = false;
  private readonly offered: OutboxEvent[] = [];
  /** The broker has them, and the table does not say so yet. */
  private readonly unmarked: OutboxEvent[] = [];
  private markedMs = -Infinity;
  private lookedMs = -Infinity;
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
    this.rung = true;
    this.running ??= this.loop();
  }

  /** There is something in the table: look at once. Cheap, may be called any number of times. */
  wake(): void {
    this.rung = true;
    this.ring?.();
  }

  /** What was just committed here, published without reading it again. */
  offer(events: readonly OutboxEvent[]): void {
    if (this.offered.length + events.length > OFFERED_MAX) return this.wake();
    this.offered.push(...events);
    this.ring?.();
  }

  /** Resolves when the batch under way is marked. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.running;
    this.running = null;
    await this.mark().catch(this.settings.onError);
  }

  /** One batch of the table's. `minAgeMs`: younger rows are left alone. @returns how many rows it took and how many of them the broker has. */
  async runOnce(minAgeMs = 0): Promise<Round> {
    const told = await this.db.transaction(async (tx) => {
      const events = await this.events.claimUnpublished(tx, this.settings.lane, this.settings.batch, minAgeMs);
      if (events.length === 0) return { events, published: 0, invalid: [] };
      const { over, invalid } = await this.publish(events);
      if (over.length > 0) await this.events.markPublished(tx, over);
      return { events, published: over.length, invalid };
    });
    // What was offered and read from the table as well.
    this.forget(told.events);
    // After the commit, since parking needs a connection too. An event lost here is announced and parked again.
    await this.parkInvalid(told.events, told.invalid);
    return { claimed: told.events.length, published: told.published };
  }

  /** One batch of what this process committed. What the broker did not take stays in the table. */
  private async runOffered(): Promise<Round> {
    const events = this.offered.splice(0, this.settings.batch);
    const { over, invalid } = await this.publish(events);
    if (this.unmarked.length === 0) this.markedMs = performance.now();
    this.unmarked.push(...over);
    if (invalid.length > 0 || over.length < events.length || this.isMarkDue()) await this.mark();
    await this.parkInvalid(events, invalid);
    return { claimed: events.length, published: over.length };
  }

  private isMarkDue(): boolean {
    return this.unmarked.length >= this.settings.batch || (this.unmarked.length > 0 && performance.now() - this.markedMs >= MARK_AFTER_MS);
  }

  /** What could not be marked is published again, when the table is looked at. */
  private async mark(): Promise<void> {
    const events = this.unmarked.splice(0);
    if (events.length > 0) await this.events.markPublished(this.db, events);
  }

  private forget(events: readonly OutboxEvent[]): void {
    if (this.offered.length === 0 || events.length === 0) return;
    const told = new Set(events.map(({ eventId }) => eventId));
    this.offered.splice(0, this.offered.length, ...this.offered.filter(({ eventId }) => !told.has(eventId)));
  }

  /** `over`: the broker has them, or nobody ever will. */
  private async publish(events: readonly OutboxEvent[]): Promise<{ over: OutboxEvent[]; invalid: Told['invalid'] }> {
    const report = await this.publisher.publish(events);
    const invalid = report.failed.filter((failure) => failure.reason.startsWith('invalid'));
    const over = new Set([...report.published, ...invalid.map((failure) => failure.eventId)]);
    return { over: events.filter((event) => over.has(event.eventId)), invalid };
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
      this.begunMs = performance.now();
      const outcome = await this.round().catch((error: unknown) => {
        this.settings.onError(error);
        return null;
      });
      if (outcome === null || outcome.published < outcome.claimed) {
        // Whatever was not taken stands in the table.
        this.rung = true;
        await this.pause(this.settings.pauseMs);
      } else if (outcome.claimed < this.settings.batch) await this.rest();
    }
  }

  /** The table comes first when somebody rang, or when it was not looked at for so long; else what was offered. */
  private async round(): Promise<Round> {
    const isRung = this.rung;
    // The table is not to show what is published.
    if (isRung || this.isMarkDue()) await this.mark();
    if (!isRung && this.begunMs - this.lookedMs < this.settings.pollMs) return this.offered.length > 0 ? this.runOffered() : NOTHING;
    this.rung = false;
    this.lookedMs = this.begunMs;
    const outcome = await this.runOnce(isRung ? 0 : LEFT_AFTER_MS);
    // A full batch: there is more.
    this.rung ||= outcome.claimed === this.settings.batch;
    return outcome;
  }

  private async rest(): Promise<void> {
    const nowMs = performance.now();
    const lookMs = this.lookedMs + this.settings.pollMs - nowMs;
    const dueMs = this.unmarked.length === 0 ? lookMs : Math.min(lookMs, this.markedMs + MARK_AFTER_MS - nowMs);
    if (!this.rung && this.offered.length === 0 && dueMs > 0) await this.pause(dueMs, true);
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
