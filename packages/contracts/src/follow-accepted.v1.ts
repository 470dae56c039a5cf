import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** A follow stands from now on, or a peer asked again for one that stands and wants its Accept again. */
export const FollowAcceptedV1 = defineEvent({
  subject: 'follow.accepted.v1',
  publishedBy: ['api', 'inbox'],
  fields: {
    followId: SnowflakeSchema,
    followerId: SnowflakeSchema,
    targetId: SnowflakeSchema,
    /** The follow stood already: answer the peer, notify nobody. */
    again: z.boolean(),
  },
});
