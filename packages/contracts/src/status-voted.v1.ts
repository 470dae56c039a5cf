import { defineEvent, SnowflakeSchema } from './define-event.js';

/** Somebody here chose an option of a poll of another server; of several choices each is told. */
export const StatusVotedV1 = defineEvent({
  subject: 'status.voted.v1',
  publishedBy: ['api'],
  fields: { voteId: SnowflakeSchema, accountId: SnowflakeSchema, statusId: SnowflakeSchema },
});
