import { describe, expect, test } from '@jest/globals';
import { NO_TIES, type Ties, type TimelineFacts, type Viewer, type Visibility } from '@trunkline/domain';
import { snowflake } from '@trunkline/kernel';
import { belongsInThread } from './read-thread.js';

const AUTHOR = snowflake('1');
const viewer = (ties: Partial<Ties> = {}, id = snowflake('2')): Viewer => ({ id, tiesTo: () => ({ ...NO_TIES, ...ties }) });
const facts = (visibility: Visibility, authorSilenced = false): TimelineFacts => ({
  status: { authorId: AUTHOR, visibility, mentionedIds: new Set(), authorSuspended: false, deleted: false },
  language: null,
  authorSilenced,
  reply: null,
  boosted: null,
});

describe('a status in a thread', () => {
  test('must be visible for itself: no thread opens what is closed', () => {
    expect(belongsInThread(facts('public'), null)).toBe(true);
    expect(belongsInThread(facts('private'), null)).toBe(false);
    expect(belongsInThread(facts('private'), viewer({ follows: true }))).toBe(true);
    expect(belongsInThread(facts('direct'), viewer({ follows: true }))).toBe(false);
    expect(belongsInThread(facts('public'), viewer({ blockedEitherWay: true }))).toBe(false);
  });

  test('of somebody muted is left out, of somebody limited shown to followers', () => {
    expect(belongsInThread(facts('public'), viewer({ mutes: true, follows: true }))).toBe(false);
    expect(belongsInThread(facts('public', true), null)).toBe(false);
    expect(belongsInThread(facts('public', true), viewer())).toBe(false);
    expect(belongsInThread(facts('public', true), viewer({ follows: true }))).toBe(true);
  });

  test('of one’s own always shows', () => {
    expect(belongsInThread(facts('direct', true), viewer({}, AUTHOR))).toBe(true);
  });
});
