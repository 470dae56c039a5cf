import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/**
 * An author elsewhere answered whether a like, an answer or a boost of somebody here may stand (GoToSocial). Readers hold it
 * against what stands by then.
 */
export const StatusPermittedV1 = defineEvent({
  subject: 'status.permitted.v1',
  publishedBy: ['inbox'],
  fields: {
    what: z.enum(['like', 'reply', 'announce']),
    /** The favourite, the answer or the boost. */
    interactionId: SnowflakeSchema,
    accountId: SnowflakeSchema,
    /** What it is about. */
    statusId: SnowflakeSchema,
    state: z.enum(['accepted', 'rejected']),
  },
});
