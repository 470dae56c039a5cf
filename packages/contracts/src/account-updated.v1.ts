import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** A profile changed, or its owner was suspended here, or is no longer. */
export const AccountUpdatedV1 = defineEvent({
  subject: 'account.updated.v1',
  publishedBy: ['api', 'inbox', 'moderation', 'cli'],
  /** `decided`: a suspension here began or ended. Absent in events from before it was told. */
  fields: { accountId: SnowflakeSchema, local: z.boolean(), decided: z.boolean().optional() },
});
