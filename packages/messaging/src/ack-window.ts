import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';

/** The broker stored it, or had it already; or it did not, and why. */
export type StoreAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly stream?: string };

interface Waiting {
  answer(answer: StoreAnswer): void;
  readonly timer: NodeJS.Timeout;
  readonly sentAtMs: number;
}

/**
 * Publishes to streams with one reply subject for all and a bounded number in flight. Measured at a tenth of
 * the client's own publish-and-await, whose cost is a request per message. Never rejects.
 */
export class AckWindow {
  private readonly inbox = createInbox();
  private readonly waiting = new Map<string, Waiting>();
  private readonly queue: (() => void)[] = [];
  private subscribed = false;
  private serial = 0;

  constructor(
    private readonly nats: NatsConnection,
    private readonly inFlightMax: number,
    private readonly timeoutMs: number,
    /** Told what a stream refused: its name at the broker, why, and when the message was sent. */
    private readonly onRefused: (stream: string, reason: string, sentAtMs: number) => void,
  ) {}

  /** Waits for a free place, sends, and resolves with the broker's answer. */
  async store(subject: string, payload: string, headers: MsgHdrs): Promise<StoreAnswer> {
    while (this.waiting.size >= this.inFlightMax) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.subscribe();
    const token = String(++this.serial);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.settle(token, { ok: false, reason: 'timeout' }), this.timeoutMs);
      this.waiting.set(token, { answer: resolve, timer, sentAtMs: performance.now() });
      try {
        this.nats.publish(subject, payload, { reply: `${this.inbox}.${token}`, headers });
      } catch (error) {
        this.settle(token, { ok: false, reason: error instanceof Error ? error.message : String(error) });
      }
    });
  }

  private subscribe(): void {
    if (this.subscribed) return;
    this.subscribed = true;
    this.nats.subscribe(`${this.inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.settle(message.subject.slice(this.inbox.length + 1), readAnswer(message));
      },
    });
  }

  private settle(token: string, answer: StoreAnswer): void {
    const waiting = this.waiting.get(token);
    if (waiting === undefined) return; // Answered after its time was over.
    this.waiting.delete(token);
    clearTimeout(waiting.timer);
    if (!answer.ok && answer.stream !== undefined) this.onRefused(answer.stream, answer.reason, waiting.sentAtMs);
    waiting.answer(answer);
    this.queue.shift()?.();
  }
}

interface PubAckJson {
  readonly stream?: string;
  readonly error?: { readonly description?: string };
}

function readAnswer(message: Msg): StoreAnswer {
  if (message.headers?.code === 503) return { ok: false, reason: 'no stream takes this subject' };
  try {
    const answer = message.json<PubAckJson>();
    if (answer.error !== undefined) {
      return { ok: false, reason: answer.error.description ?? 'refused', ...(answer.stream === undefined ? {} : { stream: answer.stream }) };
    }
    return answer.stream === undefined ? { ok: false, reason: 'answer is no ack' } : { ok: true };
  } catch {
    return { ok: false, reason: 'answer is no ack' };
  }
}
