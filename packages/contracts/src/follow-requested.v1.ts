import { defineEvent, SnowflakeSchema } from './define-event.js';

/** Somebody asked to follow: the target decides (a remote server, or a person whose account is locked). */
export const FollowRequestedV1 = defineEvent({
  subject: 'follow.requested.v1',
  publishedBy: ['api', 'inbox'],
  fields: { followId: SnowflakeSchema, followerId: SnowflakeSchema, targetId: SnowflakeSchema },
});
