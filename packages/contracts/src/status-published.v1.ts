import { z } from 'zod';
import { defineEvent, SnowflakeSchema, VisibilitySchema } from './define-event.js';

/**
 * A status (or a boost) became readable for the first time. Published after the commit, through the events
 * table, at least once; readers fetch it by id and accept that it is gone by then.
 */
export const StatusPublishedV1 = defineEvent({
  subject: 'status.published.v1',
  publishedBy: ['api', 'inbox'],
  fields: {
    statusId: SnowflakeSchema,
    authorId: SnowflakeSchema,
    visibility: VisibilitySchema,
    /** The boosted status, when this is a boost. */
    boostOfId: SnowflakeSchema.nullable(),
    /** Written here, so that it has to be delivered to other servers. */
    local: z.boolean(),
    /** Author's clock, ISO 8601 UTC. Pages order by statusId, which holds min(published, received). */
    publishedAt: z.iso.datetime(),
  },
});
