import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** The target refused a request or removed a follower. */
export const FollowRejectedV1 = defineEvent({
  subject: 'follow.rejected.v1',
  publishedBy: ['api', 'inbox', 'moderation'],
  fields: {
    followId: SnowflakeSchema,
    followerId: SnowflakeSchema,
    targetId: SnowflakeSchema,
    /** The peer's id of its Follow, which the Reject names; null: ours. */
    followUri: z.string().max(2048).nullable(),
  },
});
