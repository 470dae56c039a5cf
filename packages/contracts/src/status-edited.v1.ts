import { z } from 'zod';
import { defineEvent, SnowflakeSchema, VisibilitySchema } from './define-event.js';

/** The text, warning, tags or media of a status changed. Counters alone are no edit. */
export const StatusEditedV1 = defineEvent({
  subject: 'status.edited.v1',
  publishedBy: ['api', 'inbox'],
  fields: {
    statusId: SnowflakeSchema,
    authorId: SnowflakeSchema,
    local: z.boolean(),
    editedAt: z.iso.datetime(),
    /** Who could see it before, when fewer people can since (posts elsewhere alone). */
    narrowedFrom: VisibilitySchema.optional(),
    /** People who were named and may not see it any more; of many the first. */
    droppedIds: z.array(SnowflakeSchema).max(20).optional(),
  },
});
