import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** Somebody elsewhere asked to quote a status of ours, and may not. Their post need not be here. */
export const StatusUnquotedV1 = defineEvent({
  subject: 'status.unquoted.v1',
  publishedBy: ['api', 'inbox'],
  fields: {
    quotedId: SnowflakeSchema,
    quotedAuthorId: SnowflakeSchema,
    askerId: SnowflakeSchema,
    /** The peer's id of its QuoteRequest, which the Reject names. */
    requestUri: z.string().max(2048),
    /** The post that would quote. */
    quoteUri: z.string().max(2048),
  },
});
