import { expect, test } from '@jest/globals';
import { firstIdAt, snowflake, SnowflakeGenerator } from '@trunkline/kernel';
import { z } from 'zod';
import { publicationEventId } from './publication-event-id.js';

test('a valid UUID of version 7 with the time of the status', () => {
  const id = publicationEventId(firstIdAt(0x0190_1234_5678));
  expect(id).toBe('01901234-5678-7000-8000-000000010000');
  expect(z.uuidv7().safeParse(id).success).toBe(true);
});

test('as many as there are statuses, the first and the last possible too', () => {
  const generator = new SnowflakeGenerator(1023, () => 1_700_000_000_000);
  const ids = [...Array.from({ length: 1_000 }, () => generator.next()), snowflake('1'), snowflake('9223372036854775807')];
  expect(new Set(ids.map(publicationEventId)).size).toBe(ids.length);
  for (const id of ids) expect(z.uuid().safeParse(publicationEventId(id)).success).toBe(true);
});
