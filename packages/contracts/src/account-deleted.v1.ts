import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** An account is gone for good; its row stays as a tombstone. */
export const AccountDeletedV1 = defineEvent({
  subject: 'account.deleted.v1',
  publishedBy: ['api', 'inbox', 'moderation', 'cli'],
  fields: { accountId: SnowflakeSchema, local: z.boolean() },
});
