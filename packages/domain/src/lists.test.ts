import { expect, test } from '@jest/globals';
import { snowflake, type AccountId } from '@trunkline/kernel';
import { listVerdict, type ListVerdict, type RepliesPolicy } from './lists.js';
import type { TimelineFacts } from './timelines.js';
import { NO_TIES, type StatusFacts, type Ties, type Viewer } from './visibility.js';

const id = (number: number) => snowflake(String(number)) as AccountId;
const [me, member, other, followed] = [id(1), id(2), id(3), id(4)];
const status = (authorId: AccountId): StatusFacts => ({ authorId, visibility: 'public', mentionedIds: new Set(), authorSuspended: false, deleted: false });
const item = (change: Partial<TimelineFacts> = {}): TimelineFacts => ({ status: status(member), language: 'en', authorSilenced: false, reply: null, boosted: null, ...change });
const reply = (to: AccountId | null): Partial<TimelineFacts> => ({ reply: { toAccountId: to } });
/** `me`, who follows all but `other`. */
const viewer = (ties: Partial<Ties> = {}): Viewer => ({ id: me, tiesTo: (accountId) => ({ ...NO_TIES, follows: accountId !== other, ...(accountId === member ? ties : {}) }) });

test.each<[string, Partial<TimelineFacts>, RepliesPolicy, Viewer, ListVerdict]>([
  ['a member', {}, 'none', viewer(), 'show'],
  ['a member who is kept apart from home', {}, 'none', viewer({ apart: true }), 'show'],
  ['a muted member', {}, 'list', viewer({ mutes: true, apart: true }), 'muted-or-blocked'],
  ['somebody else who is followed', { status: status(followed) }, 'followed', viewer(), 'not-in-list'],
  ['the reader', { status: status(me) }, 'followed', viewer(), 'not-in-list'],
  ['an answer to the reader', reply(me), 'none', viewer(), 'show'],
  ['a thread', reply(member), 'none', viewer(), 'show'],
  ['an answer to a stranger', reply(other), 'followed', viewer(), 'reply-to-stranger'],
  ['an answer to something unknown', reply(null), 'followed', viewer(), 'reply-to-stranger'],
  ['an answer to somebody followed', reply(followed), 'followed', viewer(), 'show'],
  ['the same, where answers to members show', reply(followed), 'list', viewer(), 'reply-outside-list'],
  ['the same, where no answers show', reply(followed), 'none', viewer(), 'reply-outside-list'],
  ['a boost of an answer', { boosted: { status: status(followed), authorSilenced: false } }, 'none', viewer(), 'show'],
  ['a boost, with boosts off', { boosted: { status: status(followed), authorSilenced: false } }, 'none', viewer({ showsBoosts: false }), 'boosts-off'],
])('%s', (_, change, repliesPolicy, reader, expected) => {
  expect(listVerdict(item(change), reader, { repliesPolicy, isMember: (accountId) => accountId === member })).toBe(expected);
});

test('an answer to another member shows where answers to members do', () => {
  const both = (accountId: AccountId): boolean => [member, followed].includes(accountId);
  expect(listVerdict(item(reply(followed)), viewer(), { repliesPolicy: 'list', isMember: both })).toBe('show');
  expect(listVerdict(item(reply(followed)), viewer(), { repliesPolicy: 'none', isMember: both })).toBe('reply-outside-list');
});
