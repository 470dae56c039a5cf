import { isSnowflake } from '@trunkline/kernel';
import { z } from 'zod';

/** A 64-bit id as a decimal string. */
export const SnowflakeSchema = z.string().refine(isSnowflake, 'a decimal 64-bit id');
export const VisibilitySchema = z.enum(['public', 'unlisted', 'private', 'direct']);

/** Apps that may publish an event. */
export type Publisher = 'api' | 'inbox' | 'outbox' | 'moderation' | 'timeline' | 'cli';

/** What every event carries: an id that is the same in the table, in the broker's header and in done rows. */
const envelope = { eventId: z.uuid() };

export interface EventContract<S extends z.ZodObject = z.ZodObject> {
  /** Also the NATS subject, below the installation's prefix. Ends in its version. */
  readonly subject: string;
  readonly publishedBy: readonly Publisher[];
  readonly schema: S;
}

/** Declares one event. Additive changes only within a version: readers ignore members that they do not know. */
export function defineEvent<S extends z.ZodRawShape>(contract: {
  subject: string;
  publishedBy: readonly Publisher[];
  fields: S;
}): EventContract<z.ZodObject<typeof envelope & S>> {
  if (!/^[a-z]+(\.[a-z]+)+\.v[0-9]+$/.test(contract.subject)) throw new TypeError(`bad subject ${contract.subject}`);
  return {
    subject: contract.subject,
    publishedBy: contract.publishedBy,
    schema: z.object({ ...envelope, ...contract.fields }) as z.ZodObject<typeof envelope & S>,
  };
}

export type EventOf<C extends EventContract> = z.infer<C['schema']>;

/** What is appended: the id is made then, but for events that go by one of their own. */
export type NewEventOf<C extends EventContract> = Omit<EventOf<C>, 'eventId'> & { readonly eventId?: string };
