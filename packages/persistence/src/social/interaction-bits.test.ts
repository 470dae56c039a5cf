import { expect, test } from '@jest/globals';
import type { InteractionRules, QuoteGroup, QuotePolicy } from '@trunkline/domain';
import { interactionBits, rulesOfBits } from './interaction-bits.js';

const rule = (automatic: readonly QuoteGroup[], manual: readonly QuoteGroup[] = []): QuotePolicy => ({ automatic, manual });
const OPEN: InteractionRules = { like: null, reply: null, announce: null, byRequest: false };

test.each<[string, InteractionRules]>([
  ['nobody likes', { ...OPEN, like: rule([]) }],
  ['followers answer, others ask', { ...OPEN, reply: rule(['followers'], ['public']), byRequest: true }],
  ['every group at once', { like: rule(['followers', 'following', 'other'], ['public', 'followers', 'following', 'other']), reply: rule([], ['other']), announce: rule([]), byRequest: true }],
])('%s: comes back as it was written', (_name, rules) => {
  expect(rulesOfBits(interactionBits(rules) ?? -1)).toEqual(rules);
});

// Most posts: they must not cost a row.
test.each<[string, InteractionRules | null]>([
  ['nothing is said', null],
  ['nothing of these three', { ...OPEN, byRequest: true }],
  ['everybody, in so many words', { like: rule(['public']), reply: rule(['public', 'followers'], ['other']), announce: null, byRequest: true }],
])('%s: no row', (_name, rules) => {
  expect(interactionBits(rules)).toBeNull();
});
