import { defineEvent, SnowflakeSchema } from './define-event.js';

/** Somebody here pinned a status to their profile, or took it off: whether the pin stands says which. */
export const StatusPinnedV1 = defineEvent({
  subject: 'status.pinned.v1',
  publishedBy: ['api'],
  fields: { pinId: SnowflakeSchema, accountId: SnowflakeSchema, statusId: SnowflakeSchema },
});
