import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/**
 * Inbound activities were stored (committed) and wait to be applied. A doorbell: rung once per committed
 * group, never through the events table, since the inbound rows themselves say what is unapplied.
 */
export const ActivityReceivedV1 = defineEvent({
  subject: 'activity.received.v1',
  publishedBy: ['inbox'],
  fields: { inboundIds: z.array(SnowflakeSchema).min(1).max(100) },
});
