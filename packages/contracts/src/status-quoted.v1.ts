import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/**
 * Where a quote stands with the quoted author changed, or was asked again. `pending`: the author has to be asked. Readers
 * hold it against what stands by then.
 */
export const StatusQuotedV1 = defineEvent({
  subject: 'status.quoted.v1',
  publishedBy: ['api', 'inbox'],
  fields: {
    /** The quoting status. */
    statusId: SnowflakeSchema,
    authorId: SnowflakeSchema,
    quotedId: SnowflakeSchema,
    quotedAuthorId: SnowflakeSchema,
    state: z.enum(['pending', 'accepted', 'rejected', 'revoked', 'unauthorized', 'deleted']),
    /** When, ISO 8601 UTC: tells repeated changes apart. */
    changedAt: z.iso.datetime(),
  },
});
