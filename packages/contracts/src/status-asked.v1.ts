import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** Somebody elsewhere asked leave to like, answer or boost a status of ours (GoToSocial's requests), and has to be answered. */
export const StatusAskedV1 = defineEvent({
  subject: 'status.asked.v1',
  publishedBy: ['inbox'],
  fields: {
    what: z.enum(['like', 'reply', 'announce']),
    statusId: SnowflakeSchema,
    authorId: SnowflakeSchema,
    askerId: SnowflakeSchema,
    /** The peer's id of its request, which the answer names. */
    requestUri: z.string().max(2048),
    /** The Like, post or Announce that leave is asked for. */
    interactionUri: z.string().max(2048),
    /** The favourite, answer or boost as it stands here; null: it may not be. */
    interactionId: SnowflakeSchema.nullable(),
  },
});
