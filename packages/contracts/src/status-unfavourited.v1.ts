import { defineEvent, SnowflakeSchema } from './define-event.js';

/** A favourite was taken back; `favouriteId` names the Like that a peer may hold. */
export const StatusUnfavouritedV1 = defineEvent({
  subject: 'status.unfavourited.v1',
  publishedBy: ['api', 'inbox'],
  fields: { favouriteId: SnowflakeSchema, accountId: SnowflakeSchema, statusId: SnowflakeSchema },
});
