import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** A poll ended (`ended`), or stands otherwise: of one of this server told seldom, however many vote; of others as often as their servers tell. */
export const StatusTalliedV1 = defineEvent({
  subject: 'status.tallied.v1',
  publishedBy: ['api', 'inbox'],
  fields: { statusId: SnowflakeSchema, authorId: SnowflakeSchema, local: z.boolean(), ended: z.boolean() },
});
