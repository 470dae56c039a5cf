import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/**
 * Something that another server said of an answer to people here, and that its author vouches for by a signature within,
 * is to be passed on to these people's followers as it came.
 */
export const StatusForwardedV1 = defineEvent({
  subject: 'status.forwarded.v1',
  publishedBy: ['inbox'],
  /** `about`: the same for all that concerns one object, which is passed on in order. */
  fields: { inboundId: SnowflakeSchema, senderIds: z.array(SnowflakeSchema).min(1).max(20), about: z.string().min(1).max(64) },
});
