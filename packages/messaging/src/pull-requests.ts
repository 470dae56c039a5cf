import { createInbox, nanos, type Msg, type Subscription } from '@nats-io/transport-node';
import type { Broker } from './broker.js';
import { within } from './deadline.js';
import { workMessage, type WorkMessage } from './work-message.js';

/** Milliseconds: how long a request lasts, how often the broker beats meanwhile, after how much silence the request is lost. */
export interface PullTimes {
  readonly expires: number;
  readonly heartbeat: number;
  readonly silence: number;
}

/** Two beats may be missing. */
const TIMES: PullTimes = { expires: 30_000, heartbeat: 5_000, silence: 11_000 };
/** nats-server 2.9 says nothing when a request's time ends just as a message comes (1 to 2 in 100 that end under load): then nobody waits for its word. */
const EXPIRY_SLACK_MS = 100;
/** Rest after the broker refused or had no such consumer: the watchdog makes it meanwhile. */
const REFUSED_REST_MS = 500;
const DRAIN_TIMEOUT_MS = 1_000;

const IDLE_HEARTBEAT = 100;

export interface PullTarget {
  /** The durable's stream (as the broker names it) and name. */
  readonly stream: string;
  readonly consumer: string;
  /** How many messages there is room for right now. */
  room(): number;
  take(message: WorkMessage): void;
  /** The broker ended a request otherwise than by its time running out; said once until a message comes again. */
  refused(code: number, description: string): void;
}

/**
 * Asks the broker for messages of one consumer, one request at a time, and never for more than there is room.
 * The client's own `consume()` goes on asking while it is being stopped, and what it then gets lies until the
 * acknowledgement wait is over: too long for a roll-out.
 */
export class PullRequests {
  private readonly inbox = createInbox();
  private readonly subscription: Subscription;
  private readonly forgetReconnects: () => void;
  /** Asked for and not come yet. */
  private open = 0;
  /** Of the newest request: what the broker still says about older ones means nothing. */
  private serial = 0;
  private refusedBefore = false;
  private stopping = false;
  private silence: NodeJS.Timeout | undefined;
  private rest: NodeJS.Timeout | undefined;
  private expiry: NodeJS.Timeout | undefined;

  constructor(
    private readonly broker: Broker,
    private readonly target: PullTarget,
    private readonly times = TIMES,
  ) {
    this.subscription = broker.nats.subscribe(`${this.inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.receive(message);
        else target.refused(0, error.message);
      },
    });
    // A broker that came back knows no request of before.
    this.forgetReconnects = broker.onReconnect(() => this.restart());
    this.ask();
  }

  /** Asks when no request is open and there is room. Call it when room was made. */
  ask(): void {
    if (this.stopping || this.open > 0 || this.rest !== undefined || !this.broker.connected) return;
    const batch = this.target.room();
    if (batch <= 0) return;
    this.open = batch;
    const request = { batch, expires: nanos(this.times.expires), idle_heartbeat: nanos(this.times.heartbeat) };
    const { stream, consumer } = this.target;
    this.broker.nats.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(request), {
      reply: this.replySubject(++this.serial),
    });
    this.heard();
    clearTimeout(this.expiry);
    this.expiry = setTimeout(() => this.restartOpen(), this.times.expires + EXPIRY_SLACK_MS).unref();
  }

  /** Forgets the open request and asks anew. */
  restart(): void {
    clearTimeout(this.rest);
    this.rest = undefined;
    this.open = 0;
    this.ask();
  }

  /** Asks no more and resolves when all that was sent meanwhile has come. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.forgetReconnects();
    clearTimeout(this.rest);
    clearTimeout(this.silence);
    clearTimeout(this.expiry);
    try {
      if (this.broker.connected) await within(DRAIN_TIMEOUT_MS, 'the pull', this.subscription.drain());
      else this.subscription.unsubscribe();
    } catch {
      // The connection went meanwhile: nothing comes any more.
    }
  }

  private receive(message: Msg): void {
    const code = message.headers?.code ?? 0;
    if (code === 0) {
      const work = workMessage(message);
      if (work === null) return;
      this.refusedBefore = false;
      this.open = Math.max(0, this.open - 1);
      this.target.take(work);
      if (this.open > 0) this.heard();
      else this.ask();
      return;
    }
    if (message.subject !== this.replySubject(this.serial)) return;
    if (code === IDLE_HEARTBEAT) return this.heard();
    this.open = 0;
    // 408 and 404: the request's time is over, which is how most of them end.
    if (code === 408 || code === 404) return this.ask();
    if (!this.refusedBefore) this.target.refused(code, message.headers?.description ?? '');
    this.refusedBefore = true;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.restart(), REFUSED_REST_MS).unref();
  }

  private replySubject(serial: number): string {
    return `${this.inbox}.${serial}`;
  }

  /** The broker beats while a request is open; when it is silent for long, the request is lost. */
  private heard(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.restartOpen(), this.times.silence).unref();
  }

  private restartOpen(): void {
    if (this.open > 0) this.restart();
  }
}
