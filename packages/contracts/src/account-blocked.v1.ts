import { defineEvent, SnowflakeSchema } from './define-event.js';

/** Somebody blocked somebody: feeds lose the other's posts, a remote target is told. */
export const AccountBlockedV1 = defineEvent({
  subject: 'account.blocked.v1',
  publishedBy: ['api', 'inbox'],
  fields: { blockId: SnowflakeSchema, accountId: SnowflakeSchema, targetId: SnowflakeSchema },
});
