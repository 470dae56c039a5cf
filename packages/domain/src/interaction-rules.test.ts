import { expect, test } from '@jest/globals';
import { leaveFor, type Leave } from './interaction-rules.js';
import type { QuoteGroup } from './quote-model.js';

type Groups = readonly QuoteGroup[];

// Columns: a stranger, a follower, whom the post names or answers.
test.each<[string, readonly [Groups, Groups] | null, readonly [Leave, Leave, Leave]]>([
  ['nothing is said', null, ['free', 'free', 'free']],
  ['everybody', [['public'], []], ['free', 'free', 'free']],
  ['everybody, some by hand', [['public'], ['other']], ['free', 'free', 'free']],
  ['nobody', [[], []], ['denied', 'denied', 'free']],
  ['followers', [['followers'], []], ['denied', 'ask', 'free']],
  ['followers, others by hand', [['followers'], ['public']], ['ask', 'ask', 'free']],
  ['followers by hand', [[], ['followers']], ['denied', 'ask', 'free']],
  ['whom the author follows, or people by name', [['following', 'other'], []], ['ask', 'ask', 'free']],
])('%s', (_name, rule, expected) => {
  const policy = rule === null ? null : { automatic: rule[0], manual: rule[1] };
  const leaves = [{ isParty: false, follows: false }, { isParty: false, follows: true }, { isParty: true, follows: false }].map((who) => leaveFor(policy, who));
  expect(leaves).toEqual(expected);
});
