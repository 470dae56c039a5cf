import { expect, test } from '@jest/globals';
import { newEventId } from './event-id.js';

test('an event id is a version 7 UUID that holds its time', () => {
  const id = newEventId(0x0190_1234_5678);
  expect(id).toMatch(/^01901234-5678-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a thousand ids of one millisecond differ', () => {
  expect(new Set(Array.from({ length: 1_000 }, () => newEventId(1))).size).toBe(1_000);
});
