import type { EventContract, EventLane, NewEventOf } from '@trunkline/contracts';
import type { IdSource } from '@trunkline/social';
import type { Queryable } from '../database.js';
import { newEventId } from '../ledger/event-id.js';
import { appendEvents, type OutboxEvent } from '../ledger/events.js';

/** Rows of the events table; the relay publishes them after the commit. @returns the rows. @throws ZodError on a payload that breaks its contract. */
export async function appendAll<C extends EventContract>(
  tx: Queryable,
  deps: { readonly ids: Pick<IdSource, 'next'>; readonly currentTrace: () => string | null; readonly lane?: EventLane },
  contract: C,
  payloads: readonly NewEventOf<C>[],
  traces?: readonly (string | null)[],
): Promise<OutboxEvent[]> {
  const here = traces === undefined ? deps.currentTrace() : null;
  const events = payloads.map((payload, index) => {
    const event = { ...contract.schema.parse({ eventId: newEventId(), ...payload }) };
    return { subject: contract.subject, payload: event as { eventId: string }, trace: traces?.[index] ?? here, lane: deps.lane ?? 'local' };
  });
  return appendEvents(tx, events, deps.ids);
}
