import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** The text, warning, tags or media of a status changed. Counters alone are no edit. */
export const StatusEditedV1 = defineEvent({
  subject: 'status.edited.v1',
  publishedBy: ['api', 'inbox'],
  fields: { statusId: SnowflakeSchema, authorId: SnowflakeSchema, local: z.boolean(), editedAt: z.iso.datetime() },
});
