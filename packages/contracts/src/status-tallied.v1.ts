import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** A poll ended (`ended`), or one of this server has new votes: told seldom, however many vote. */
export const StatusTalliedV1 = defineEvent({
  subject: 'status.tallied.v1',
  publishedBy: ['api', 'inbox'],
  fields: { statusId: SnowflakeSchema, authorId: SnowflakeSchema, local: z.boolean(), ended: z.boolean() },
});
