import { headers } from '@nats-io/transport-node';
import { subjectIn, type EventContract, type EventLane } from '@trunkline/contracts';
import { AckWindow } from './ack-window.js';
import type { Broker } from './broker.js';
import { contractOf, EVENT_BYTES_MAX } from './contract-of.js';

const IN_FLIGHT_MAX = 512;
const TIMEOUT_MS = 5_000;

/** A row of the events table (or a doorbell) on its way to the broker. */
export interface OutgoingEvent {
  /** Also the broker's message id: repeats within two minutes are stored once. */
  readonly eventId: string;
  /** As in contracts, without the installation's prefix. */
  readonly subject: string;
  /** Default: local. */
  readonly lane?: EventLane;
  /** Checked against the contract, its `eventId` included. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** W3C trace context of whoever caused the event. */
  readonly traceparent?: string;
}

/** `failed` rows stay unpublished; the sweeper or the next round sends them again under the same id. */
export interface PublishReport {
  readonly published: readonly string[];
  readonly failed: readonly { readonly eventId: string; readonly reason: string }[];
}

/** Sends events to their streams, many at a time. Order between events is not kept. */
export class EventPublisher {
  private readonly window: AckWindow;

  constructor(
    private readonly broker: Broker,
    limits: { readonly inFlightMax?: number; readonly timeoutMs?: number } = {},
  ) {
    this.window = new AckWindow(broker.nats, limits.inFlightMax ?? IN_FLIGHT_MAX, limits.timeoutMs ?? TIMEOUT_MS, (stream, reason, sentAtMs) =>
      broker.ruined.note(stream, reason, sentAtMs),
    );
  }

  /** Resolves when each event is stored or has failed; never rejects for what the network or a row did. */
  async publish(events: readonly OutgoingEvent[]): Promise<PublishReport> {
    const published: string[] = [];
    const failed: { eventId: string; reason: string }[] = [];
    await Promise.all(
      events.map(async (event) => {
        const reason = await this.publishOne(event);
        if (reason === null) published.push(event.eventId);
        else failed.push({ eventId: event.eventId, reason });
      }),
    );
    return { published, failed };
  }

  private async publishOne(event: OutgoingEvent): Promise<string | null> {
    const payload = JSON.stringify(event.payload);
    const contract = contractOf(event.subject);
    if (contract === null) return `invalid: no contract ${event.subject}`;
    const fault = faultOf(contract, event, payload);
    if (fault !== null) return fault;
    // The client would buffer without a bound while it is disconnected; the table is the better buffer.
    if (!this.broker.connected) return 'disconnected';
    const head = headers();
    head.set('Nats-Msg-Id', event.eventId);
    if (event.traceparent !== undefined) head.set('traceparent', event.traceparent);
    const answer = await this.window.store(this.broker.names.subject(subjectIn(event.lane ?? 'local', contract)), payload, head);
    return answer.ok ? null : answer.reason;
  }
}

function faultOf(contract: EventContract, event: OutgoingEvent, json: string): string | null {
  if (Buffer.byteLength(json) > EVENT_BYTES_MAX) return `invalid: more than ${EVENT_BYTES_MAX} bytes`;
  const checked = contract.schema.safeParse(event.payload);
  if (!checked.success) return `invalid: ${checked.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`;
  return event.payload['eventId'] === event.eventId ? null : 'invalid: the payload carries another eventId';
}
