import { defineEvent, SnowflakeSchema } from './define-event.js';

/** Somebody reported an account. */
export const ReportCreatedV1 = defineEvent({
  subject: 'report.created.v1',
  publishedBy: ['moderation', 'inbox'],
  fields: { reportId: SnowflakeSchema },
});
