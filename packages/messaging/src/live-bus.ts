import type { Msg } from '@nats-io/transport-node';
import type { Broker } from './broker.js';
import { reasonOf } from './hooks.js';

const LIVE_BYTES_MAX = 64 * 1024;

/** Any zod schema. */
export interface MessageSchema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

export interface LiveSubscription {
  unsubscribe(): void;
}

/**
 * Live traffic over core NATS: at most once, nothing stored. Who must not miss anything reads Postgres as well.
 * Subjects are built with contracts' `LIVE`.
 */
export class LiveBus {
  constructor(private readonly broker: Broker) {}

  /**
   * Sends now or not at all: while the broker is away the message is dropped, since a late one helps nobody.
   * @throws TypeError when the subject holds wildcards or anything but ids and plain names.
   */
  publish(subject: string, payload?: Readonly<Record<string, unknown>>): void {
    const exact = this.broker.names.exactSubject(subject);
    if (!this.broker.connected) return;
    this.broker.nats.publish(exact, payload === undefined ? '' : JSON.stringify(payload));
  }

  /**
   * Calls `handler` for each message; one without a body gives `undefined`. Messages that are no JSON or do not
   * fit `schema` are dropped with a warning, and so is what a handler throws. @throws TypeError for a bad pattern.
   */
  subscribe<T = unknown>(
    subjectPattern: string,
    handler: (message: T, subject: string) => void | Promise<void>,
    schema?: MessageSchema<T>,
  ): LiveSubscription {
    const subscription = this.broker.nats.subscribe(this.broker.names.subjectPattern(subjectPattern), {
      callback: (error, message) => {
        if (error === null) void this.deliver(message, handler, schema);
        else this.warn(subjectPattern, error);
      },
    });
    return { unsubscribe: () => subscription.unsubscribe() };
  }

  private async deliver<T>(
    message: Msg,
    handler: (message: T, subject: string) => void | Promise<void>,
    schema: MessageSchema<T> | undefined,
  ): Promise<void> {
    const subject = this.broker.names.withoutPrefix(message.subject);
    try {
      if (message.data.length > LIVE_BYTES_MAX) throw new RangeError(`more than ${LIVE_BYTES_MAX} bytes`);
      const value: unknown = message.data.length === 0 ? undefined : message.json();
      const parsed = schema?.safeParse(value);
      if (parsed?.success === false) throw new TypeError('does not fit its schema');
      await handler(parsed === undefined ? (value as T) : parsed.data, subject);
    } catch (error) {
      this.warn(subject, error);
    }
  }

  private warn(subject: string, error: unknown): void {
    this.broker.hooks.log('warn', 'live message dropped', { subject, reason: reasonOf(error) });
  }
}
