import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** A profile changed. */
export const AccountUpdatedV1 = defineEvent({
  subject: 'account.updated.v1',
  publishedBy: ['api', 'inbox', 'cli'],
  fields: { accountId: SnowflakeSchema, local: z.boolean() },
});
