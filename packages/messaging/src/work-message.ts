import type { Msg, MsgHdrs } from '@nats-io/transport-node';

/** One message of a durable consumer. The first answer counts; later ones do nothing. */
export interface WorkMessage {
  readonly data: Uint8Array;
  readonly headers: MsgHdrs | undefined;
  /** 1 for the first time. */
  readonly deliveryCount: number;
  /** In its stream; for the log. */
  readonly sequence: number;
  ack(): void;
  /** Again, at once or after a rest. */
  nak(delayMs?: number): void;
  /** Never again. */
  term(): void;
  /** Still at it: the acknowledgement wait begins anew. */
  working(): void;
}

/**
 * Reads what a broker delivered to a pull, or null when it is no such message. Everything about the delivery
 * stands in the reply subject: `$JS.ACK.[domain.account.]stream.consumer.deliveries.sequence…`.
 * @see https://github.com/nats-io/nats-architecture-and-design ADR-15 (form of the subject), ADR-13 (pulls)
 */
export function workMessage(message: Msg): WorkMessage | null {
  const tokens = (message.reply ?? '').split('.');
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK' || tokens.length < 9) return null;
  // Nine tokens, or eleven and more with domain and account in front of the stream.
  const first = tokens.length === 9 ? 2 : 4;
  const deliveryCount = Number(tokens[first + 2]);
  const sequence = Number(tokens[first + 3]);
  if (!Number.isSafeInteger(deliveryCount) || !Number.isSafeInteger(sequence)) return null;
  let answered = false;
  const answer = (verdict: string): void => {
    if (answered) return;
    answered = true;
    message.respond(verdict);
  };
  return {
    data: message.data,
    headers: message.headers,
    deliveryCount,
    sequence,
    ack: () => answer('+ACK'),
    nak: (delayMs = 0) => answer(delayMs > 0 ? `-NAK {"delay":${Math.round(delayMs) * 1_000_000}}` : '-NAK'),
    term: () => answer('+TERM'),
    working: () => {
      if (!answered) message.respond('+WPI');
    },
  };
}
