import type { ConsumerSpec } from '@trunkline/contracts';
import { EVENT_BYTES_MAX } from './contract-of.js';
import type { DeadLetter } from './dead-letters.js';
import type { WorkMessage } from './work-message.js';

/** One message in hand, read and checked. */
export interface Delivery {
  readonly message: WorkMessage;
  readonly event: Readonly<Record<string, unknown>> & { readonly eventId: string };
  /** 1 for the first time. */
  readonly deliveryCount: number;
  readonly traceparent: string | undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a message at the edge, once. Failing: the reason it is poison. */
export function readDelivery(
  spec: ConsumerSpec,
  message: WorkMessage,
): { readonly ok: true; readonly delivery: Delivery } | { readonly ok: false; readonly reason: string } {
  if (message.data.length > EVENT_BYTES_MAX) return { ok: false, reason: `more than ${EVENT_BYTES_MAX} bytes` };
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(message.data));
  } catch {
    return { ok: false, reason: 'no JSON' };
  }
  const parsed = spec.event.schema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    return { ok: false, reason: `not ${spec.event.subject}: ${issues.slice(0, 5).join('; ')}` };
  }
  const traceparent = message.headers?.get('traceparent');
  return {
    ok: true,
    delivery: {
      message,
      // Every contract's schema starts from the envelope, which holds eventId.
      event: parsed.data as Delivery['event'],
      deliveryCount: message.deliveryCount,
      traceparent: traceparent === '' ? undefined : traceparent,
    },
  };
}

export const letterOf = (spec: ConsumerSpec, delivery: Delivery, reason: string): DeadLetter => ({
  eventId: delivery.event.eventId,
  subject: spec.event.subject,
  consumer: spec.group,
  payload: delivery.event,
  reason,
  attempts: delivery.deliveryCount,
});
