import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** Somebody signed up (confirmed the address); when `pending`, a moderator has to approve. */
export const AccountRegisteredV1 = defineEvent({
  subject: 'account.registered.v1',
  publishedBy: ['api', 'cli'],
  fields: { accountId: SnowflakeSchema, pending: z.boolean() },
});
