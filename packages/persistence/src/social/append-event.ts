import type { EventContract, EventOf } from '@trunkline/contracts';
import type { IdSource } from '@trunkline/social';
import type { Queryable } from '../database.js';
import { newEventId } from '../ledger/event-id.js';
import { appendEvents } from '../ledger/events.js';

/** A row of the events table; the relay publishes it after the commit. @throws ZodError on a payload that breaks its contract. */
export async function appendEvent<C extends EventContract>(
  tx: Queryable,
  deps: { readonly ids: Pick<IdSource, 'next'>; readonly currentTrace: () => string | null },
  contract: C,
  payload: Omit<EventOf<C>, 'eventId'>,
): Promise<void> {
  const event = { ...contract.schema.parse({ ...payload, eventId: newEventId() }) };
  await appendEvents(tx, [{ subject: contract.subject, payload: event as { eventId: string }, trace: deps.currentTrace() }], deps.ids);
}
