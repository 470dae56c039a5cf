import { expect, test } from '@jest/globals';
import { snowflake, type AccountId } from '@trunkline/kernel';
import fc from 'fast-check';
import { isTouched, peopleOf, reachOf } from './feed-reach.js';
import { feedVerdict, type TimelineFacts } from './timelines.js';
import { NO_TIES, type StatusFacts, type Ties, type Viewer } from './visibility.js';

const PEOPLE = [1, 2, 3, 4].map((number) => snowflake(String(number)));
const [author] = PEOPLE as [AccountId];
const READER = snowflake('9');

const person = fc.constantFrom(...PEOPLE);
const facts = (authorId: fc.Arbitrary<AccountId>): fc.Arbitrary<StatusFacts> =>
  fc.record({
    authorId,
    visibility: fc.constantFrom('public', 'unlisted', 'private', 'direct'),
    mentionedIds: fc.uniqueArray(person, { maxLength: 2 }).map((ids) => new Set(ids)),
    authorSuspended: fc.boolean(),
    deleted: fc.boolean(),
  });
const items: fc.Arbitrary<TimelineFacts> = fc.record({
  status: facts(fc.constant(author)),
  language: fc.constantFrom('en', 'fr', null),
  authorSilenced: fc.boolean(),
  reply: fc.option(fc.record({ toAccountId: fc.option(person) })),
  boosted: fc.option(fc.record({ status: facts(person), authorSilenced: fc.boolean() })),
});
const ties: fc.Arbitrary<Ties> = fc.record({
  follows: fc.boolean(),
  showsBoosts: fc.boolean(),
  languages: fc.constantFrom(null, ['en'], []),
  blocks: fc.boolean(),
  blockedEitherWay: fc.boolean(),
  mutes: fc.boolean(),
  blocksDomain: fc.boolean(),
});
/** Mostly nobody has more than a follow, as in life. */
const someTies = fc.oneof({ weight: 3, arbitrary: fc.boolean().map((follows): Ties => ({ ...NO_TIES, follows })) }, { weight: 1, arbitrary: ties });

test('what is decided once for all holds for every follower whom no tie touches', () => {
  fc.assert(
    fc.property(items, fc.array(someTies, { minLength: 4, maxLength: 4 }), (item, row) => {
      const tiesTo = (id: AccountId): Ties => (id === author ? { ...(row[0] as Ties), follows: true } : (row[PEOPLE.indexOf(id)] ?? NO_TIES));
      const viewer: Viewer = { id: READER, tiesTo };
      if (peopleOf(item).some((id) => isTouched(tiesTo(id)))) return;
      const { plain, alsoFollowing } = reachOf(item, (one) => feedVerdict(item, one));
      const expected = alsoFollowing !== null && tiesTo(alsoFollowing.accountId).follows ? alsoFollowing.answer : plain;
      expect(feedVerdict(item, viewer)).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});

test('who follows one person more sees as much at least', () => {
  fc.assert(
    fc.property(items, (item) => {
      const { plain, alsoFollowing } = reachOf(item, (one) => feedVerdict(item, one));
      if (plain === 'show' && alsoFollowing !== null) expect(alsoFollowing.answer).toBe('show');
    }),
  );
});

test('a tie of their own never shows more: whoever is not reached by all is not reached by touching', () => {
  fc.assert(
    fc.property(items, fc.array(ties, { minLength: 4, maxLength: 4 }), (item, row) => {
      const tiesTo = (id: AccountId): Ties => (id === author ? { ...(row[0] as Ties), follows: true } : (row[PEOPLE.indexOf(id)] ?? NO_TIES));
      const { plain, alsoFollowing } = reachOf(item, (one) => feedVerdict(item, one));
      const most = alsoFollowing !== null && tiesTo(alsoFollowing.accountId).follows ? alsoFollowing.answer : plain;
      if (most !== 'show') expect(feedVerdict(item, { id: READER, tiesTo })).not.toBe('show');
    }),
    { numRuns: 2_000 },
  );
});
