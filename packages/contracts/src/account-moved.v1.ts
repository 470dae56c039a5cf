import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/**
 * An account moved to another one, which agrees. Its followers here are taken along a page at a time: each page tells
 * of the next, after `afterId`; the first has `0`. Other servers hear of the first alone.
 */
export const AccountMovedV1 = defineEvent({
  subject: 'account.moved.v1',
  publishedBy: ['api', 'inbox', 'cli'],
  fields: { accountId: SnowflakeSchema, targetId: SnowflakeSchema, afterId: SnowflakeSchema, local: z.boolean() },
});
