import { expect, test } from '@jest/globals';
import { ALL_SCOPES } from '@trunkline/mastodon-api';
import { describeScopes } from './describe-scopes.js';

// A scope without words of its own would ask for consent to nobody knows what.
test.each(ALL_SCOPES.filter((scope) => scope !== ''))('%s is said in words', (scope) => {
  const [sentence] = describeScopes([scope]);
  expect(sentence).not.toBe(scope);
  expect(sentence).toMatch(/^[A-Z].{10,}/);
});

test('what includes others comes first', () => {
  expect(describeScopes(['read:lists', 'write'])[0]).toContain('Change everything');
});
