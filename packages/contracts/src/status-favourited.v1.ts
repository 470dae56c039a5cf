import { defineEvent, SnowflakeSchema } from './define-event.js';

/** Somebody favourited a status. */
export const StatusFavouritedV1 = defineEvent({
  subject: 'status.favourited.v1',
  publishedBy: ['api', 'inbox'],
  fields: { favouriteId: SnowflakeSchema, accountId: SnowflakeSchema, statusId: SnowflakeSchema },
});
