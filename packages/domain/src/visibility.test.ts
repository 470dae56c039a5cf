import { describe, expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import type { Visibility } from './model.js';
import { boostVisibility, isNarrower, mayBoost, NO_TIES, sightFor, sightOf, type Sight, type StatusFacts, type Ties } from './visibility.js';

const id = (number: number) => snowflake(String(number));
const [author, follower, mentioned, stranger] = [id(1), id(2), id(3), id(4)];
const VISIBILITIES: readonly Visibility[] = ['public', 'unlisted', 'private', 'direct'];

const facts = (visibility: Visibility, change: Partial<StatusFacts> = {}): StatusFacts => ({
  authorId: author, visibility, mentionedIds: new Set([mentioned]), authorSuspended: false, deleted: false, ...change,
});
const ties = (change: Partial<Ties>): Ties => ({ ...NO_TIES, ...change });
const blocked = ties({ blocks: true, blockedEitherWay: true });

// The whole matrix, written out: rows are viewers, columns public, unlisted, private, direct.
const MATRIX: readonly [string, StatusFacts['authorId'] | null, Ties, readonly Sight[]][] = [
  ['the author', author, NO_TIES, ['visible', 'visible', 'visible', 'visible']],
  ['a follower', follower, ties({ follows: true }), ['visible', 'visible', 'visible', 'not-addressed']],
  ['somebody mentioned', mentioned, NO_TIES, ['visible', 'visible', 'visible', 'visible']],
  ['a stranger', stranger, NO_TIES, ['visible', 'visible', 'not-a-follower', 'not-addressed']],
  ['no token', null, NO_TIES, ['visible', 'visible', 'not-a-follower', 'not-addressed']],
  ['a blocked follower', follower, { ...blocked, follows: true }, ['blocked', 'blocked', 'blocked', 'blocked']],
  ['somebody mentioned and blocked', mentioned, blocked, ['blocked', 'blocked', 'blocked', 'blocked']],
  ['somebody who mutes', stranger, ties({ mutes: true }), ['visible', 'visible', 'not-a-follower', 'not-addressed']],
];

describe.each(MATRIX)('%s', (_, viewerId, viewerTies, expected) => {
  test.each(VISIBILITIES.map((visibility, at) => [visibility, expected[at]] as const))('%s: %s', (visibility, sight) => {
    expect(sightOf(facts(visibility), viewerId, viewerTies)).toBe(sight);
  });

  test.each(VISIBILITIES)('%s by a suspended author, or deleted: hidden from all', (visibility) => {
    expect(sightOf(facts(visibility, { authorSuspended: true }), viewerId, viewerTies)).toBe('author-suspended');
    expect(sightOf(facts(visibility, { deleted: true }), viewerId, viewerTies)).toBe('deleted');
  });
});

test('each visibility is narrower than those before it', () => {
  expect(VISIBILITIES.map((one) => VISIBILITIES.filter((other) => isNarrower(one, other)))).toEqual([[], ['public'], ['public', 'unlisted'], ['public', 'unlisted', 'private']]);
});

test('a boost is seen only by those who see what it boosts', () => {
  const boost = facts('public', { authorId: follower, mentionedIds: new Set() });
  const viewer = { id: stranger, tiesTo: (accountId: string) => (accountId === author ? blocked : NO_TIES) };
  expect(sightFor(boost, facts('public'), viewer)).toBe('blocked');
  expect(sightFor(boost, facts('public'), null)).toBe('visible');
  expect(sightFor(boost, facts('public', { deleted: true }), null)).toBe('deleted');
  expect(sightFor(facts('private', { authorId: follower, mentionedIds: new Set() }), facts('public'), null)).toBe('not-a-follower');
});

test.each<[Visibility, boolean, boolean]>([
  ['public', true, true],
  ['unlisted', true, true],
  ['private', true, false],
  ['direct', false, false],
])('%s may be boosted by its author: %p, by others: %p', (visibility, byAuthor, byOthers) => {
  expect([mayBoost(facts(visibility), author), mayBoost(facts(visibility), mentioned)]).toEqual([byAuthor, byOthers]);
});

test.each<[Visibility, Visibility | null, Visibility]>([
  ['public', null, 'public'],
  ['public', 'private', 'private'],
  ['public', 'direct', 'public'],
  ['unlisted', 'public', 'unlisted'],
  ['private', 'public', 'private'],
])('a %s status boosted as %p is boosted as %s', (boosted, wanted, expected) => {
  expect(boostVisibility(boosted, wanted)).toBe(expected);
});
