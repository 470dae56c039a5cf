import { defineEvent, SnowflakeSchema } from './define-event.js';

/** The follower ended the follow or withdrew the request. */
export const FollowUndoneV1 = defineEvent({
  subject: 'follow.undone.v1',
  publishedBy: ['api', 'inbox'],
  fields: { followId: SnowflakeSchema, followerId: SnowflakeSchema, targetId: SnowflakeSchema },
});
