import { describe, expect, test } from '@jest/globals';
import { CreateStatusParams, readParams } from '@trunkline/mastodon-api';
import { draftOf } from './write-status.js';

const writer = {
  user: { locale: 'fr', defaultVisibility: 'private', defaultSensitive: true, defaultLanguage: null, defaultQuotePolicy: 'followers' },
  application: { name: 'App', website: null },
} as const;
const draft = (body: Record<string, unknown>, key: string | null = null) => draftOf(writer, readParams(CreateStatusParams, { status: 'x', ...body }), key, 0);

describe('what a client leaves out', () => {
  test('comes from the author’s defaults', () => {
    expect(draft({})).toMatchObject({ visibility: 'private', sensitive: true, language: 'fr', inReplyToId: null, quotedId: null, quotePolicy: 'followers', idempotencyKey: null });
    const chosen = { ...writer, user: { ...writer.user, defaultLanguage: 'de' } };
    expect(draftOf(chosen, readParams(CreateStatusParams, { status: 'x' }), null, 0).language).toBe('de');
  });

  test('does not override what was said, also not what was said to be off', () => {
    expect(draft({ visibility: 'public', sensitive: 'false', language: 'en', quote_approval_policy: 'nobody' })).toMatchObject({ visibility: 'public', sensitive: false, language: 'en', quotePolicy: 'nobody' });
  });
});

// An index entry of Postgres holds less than 3 KiB; a header may be longer.
test.each([
  ['', null],
  ['  ', null],
  ['abc', 'abc'],
  ['k'.repeat(200), 'k'.repeat(200)],
])('the Idempotency-Key %j is kept as it is unless blank', (given, kept) => {
  expect(draft({}, given).idempotencyKey).toBe(kept);
});

test('long Idempotency-Keys become short ones, distinct ones stay distinct', () => {
  const [one, two] = ['a', 'b'].map((end) => draft({}, 'k'.repeat(3_000) + end).idempotencyKey);
  expect(one).toHaveLength(64);
  expect(one).not.toBe(two);
});
