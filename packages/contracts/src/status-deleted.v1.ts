import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** A status was deleted, or a boost undone. The row stays as a tombstone, so that its reach is still known. */
export const StatusDeletedV1 = defineEvent({
  subject: 'status.deleted.v1',
  publishedBy: ['api', 'inbox', 'moderation'],
  fields: {
    statusId: SnowflakeSchema,
    authorId: SnowflakeSchema,
    boostOfId: SnowflakeSchema.nullable(),
    local: z.boolean(),
  },
});
