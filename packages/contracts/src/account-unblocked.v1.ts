import { defineEvent, SnowflakeSchema } from './define-event.js';

/** A block was taken back; `blockId` names the Block that a peer may hold. */
export const AccountUnblockedV1 = defineEvent({
  subject: 'account.unblocked.v1',
  publishedBy: ['api', 'inbox'],
  fields: { blockId: SnowflakeSchema, accountId: SnowflakeSchema, targetId: SnowflakeSchema },
});
