import { z } from 'zod';
import { defineEvent, SnowflakeSchema } from './define-event.js';

/** A relay is to be followed or left, as its row says; with `followUri` it follows back and waits for our Accept. */
export const RelayChangedV1 = defineEvent({
  subject: 'relay.changed.v1',
  publishedBy: ['cli', 'inbox'],
  fields: { relayId: SnowflakeSchema, followUri: z.string().max(2_048).nullable() },
});
