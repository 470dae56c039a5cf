import { describe, expect, test } from '@jest/globals';
import { snowflake, type AccountId } from '@trunkline/kernel';
import type { Account, Relationship, Status } from './model.js';
import { feedVerdict, publicTimelineVerdict, timelineFactsOf, type FeedVerdict, type PublicVerdict, type TimelineFacts } from './timelines.js';
import { NO_TIES, viewerOf, type StatusFacts, type Ties, type Viewer } from './visibility.js';

const id = (number: number) => snowflake(String(number));
const [me, friend, other] = [id(1), id(2), id(3)];

const status = (authorId: AccountId, change: Partial<StatusFacts> = {}): StatusFacts => ({
  authorId, visibility: 'public', mentionedIds: new Set(), authorSuspended: false, deleted: false, ...change,
});
const item = (change: Partial<TimelineFacts> = {}): TimelineFacts => ({
  status: status(friend), language: 'en', authorSilenced: false, reply: null, boosted: null, ...change,
});
/** `me`, who follows `friend`; more ties by account. */
const viewer = (ties: Readonly<Record<string, Partial<Ties>>> = {}): Viewer => ({
  id: me,
  tiesTo: (accountId) => ({ ...NO_TIES, follows: accountId === friend, ...ties[accountId] }),
});
const block = { blocks: true, blockedEitherWay: true };
const boostOf = (change: Partial<StatusFacts> = {}, authorSilenced = false): Partial<TimelineFacts> => ({
  boosted: { status: status(other, change), authorSilenced },
});

describe('home feed', () => {
  test.each<[string, Partial<TimelineFacts>, Viewer, FeedVerdict]>([
    ['a friend', {}, viewer(), 'show'],
    ['myself', { status: status(me) }, viewer(), 'show'],
    ['a stranger', { status: status(other) }, viewer(), 'not-followed'],
    ['a muted friend', {}, viewer({ [friend]: { mutes: true } }), 'muted-or-blocked'],
    ['a blocked friend', {}, viewer({ [friend]: block }), 'hidden'],
    ['a friend on a blocked server', {}, viewer({ [friend]: { blocksDomain: true } }), 'domain-blocked'],
    ['a suspended friend', { status: status(friend, { authorSuspended: true }) }, viewer(), 'hidden'],
    ['a silenced friend', { authorSilenced: true }, viewer(), 'show'],
    ['a language I do not read', { language: 'fr' }, viewer({ [friend]: { languages: ['en'] } }), 'language'],
    ['no language said', { language: null }, viewer({ [friend]: { languages: ['en'] } }), 'show'],
    ['followers-only', { status: status(friend, { visibility: 'private' }) }, viewer(), 'show'],
    ['direct to another', { status: status(friend, { visibility: 'direct', mentionedIds: new Set([other]) }) }, viewer(), 'hidden'],
    ['direct to me', { status: status(friend, { visibility: 'direct', mentionedIds: new Set([me]) }) }, viewer(), 'show'],
    ['a mention of somebody I block', { status: status(friend, { mentionedIds: new Set([other]) }) }, viewer({ [other]: block }), 'mentions-muted-or-blocked'],
    ['a mention of somebody who blocks me', { status: status(friend, { mentionedIds: new Set([other]) }) }, viewer({ [other]: { blockedEitherWay: true } }), 'show'],
    ['a reply to a stranger', { reply: { toAccountId: other } }, viewer(), 'reply-to-stranger'],
    ['a reply to me', { reply: { toAccountId: me } }, viewer(), 'show'],
    ['a thread', { reply: { toAccountId: friend } }, viewer(), 'show'],
    ['a reply to another friend', { reply: { toAccountId: other } }, viewer({ [other]: { follows: true } }), 'show'],
    ['a reply to something unknown', { reply: { toAccountId: null } }, viewer(), 'reply-to-stranger'],
    ['a boost', boostOf(), viewer(), 'show'],
    ['a boost of mine', { boosted: { status: status(me), authorSilenced: true } }, viewer(), 'show'],
    ['a boost with boosts off', boostOf(), viewer({ [friend]: { showsBoosts: false } }), 'boosts-off'],
    ['a boost of somebody muted', boostOf(), viewer({ [other]: { mutes: true } }), 'muted-or-blocked'],
    ['a boost of somebody who blocks me', boostOf(), viewer({ [other]: { blockedEitherWay: true } }), 'hidden'],
    ['a boost from a blocked server', boostOf(), viewer({ [other]: { blocksDomain: true } }), 'domain-blocked'],
    ['a boost of somebody silenced', boostOf({}, true), viewer(), 'silenced'],
    ['a boost of a silenced friend', boostOf({}, true), viewer({ [other]: { follows: true } }), 'show'],
    ['a boost of something deleted', boostOf({ deleted: true }), viewer(), 'hidden'],
    ['a boost of a mention I mute', boostOf({ mentionedIds: new Set([id(9)]) }), viewer({ 9: { mutes: true } }), 'mentions-muted-or-blocked'],
  ])('%s', (_, change, reader, expected) => {
    expect(feedVerdict(item(change), reader)).toBe(expected);
  });
});

describe('public timelines', () => {
  test.each<[string, Partial<TimelineFacts>, Viewer | null, PublicVerdict]>([
    ['a stranger, no token', { status: status(other) }, null, 'show'],
    ['unlisted', { status: status(other, { visibility: 'unlisted' }) }, null, 'not-public'],
    ['a boost', boostOf(), null, 'boost'],
    ['a reply to another', { reply: { toAccountId: me } }, viewer(), 'reply-to-stranger'],
    ['a thread', { reply: { toAccountId: friend } }, null, 'show'],
    ['a silenced friend', { authorSilenced: true }, viewer(), 'silenced'],
    ['a suspended author', { status: status(other, { authorSuspended: true }) }, null, 'hidden'],
    ['a blocked author', { status: status(other) }, viewer({ [other]: block }), 'hidden'],
    ['a muted author', { status: status(other) }, viewer({ [other]: { mutes: true } }), 'muted-or-blocked'],
    ['a blocked server', { status: status(other) }, viewer({ [other]: { blocksDomain: true } }), 'domain-blocked'],
  ])('%s', (_, change, reader, expected) => {
    expect(publicTimelineVerdict(item(change), reader)).toBe(expected);
  });

  test('hashtags hold replies too', () => {
    expect(publicTimelineVerdict(item({ reply: { toAccountId: null } }), null, { repliesToo: true })).toBe('show');
  });
});

describe('facts of loaded rows', () => {
  const row = (change: Partial<Status>): Status =>
    ({ accountId: friend, visibility: 'public', mentions: [], language: null, inReplyToId: null, inReplyToAccountId: null, inReplyToUri: null, boostOfId: null, deletedAt: null, ...change }) as Status;
  const account = (change: Partial<Account> = {}): Account =>
    ({ id: friend, domain: null, suspendedAt: null, deletedAt: null, silencedAt: null, ...change }) as Account;
  const open = { suspended: false, silenced: false, rejectMedia: false, rejectReports: false };
  const verdictOn = (domain: string | null) => ({ ...open, suspended: domain === 'bad.example', silenced: domain === 'loud.example' });

  test('the server of an author counts like the author', () => {
    expect(timelineFactsOf({ status: row({}), author: account({ domain: 'bad.example' }) }, null, verdictOn).status.authorSuspended).toBe(true);
    expect(timelineFactsOf({ status: row({}), author: account({ domain: 'loud.example' }) }, null, verdictOn).authorSilenced).toBe(true);
    expect(timelineFactsOf({ status: row({}), author: account() }, null, verdictOn).authorSilenced).toBe(false);
  });

  test('a boost whose status is gone is shown to nobody', () => {
    const facts = timelineFactsOf({ status: row({ boostOfId: id(5) }), author: account() }, null, verdictOn);
    expect([feedVerdict(facts, viewer()), feedVerdict(facts, { ...viewer(), id: friend })]).toEqual(['hidden', 'hidden']);
  });

  test('a reply whose parent has not arrived is a reply', () => {
    expect(timelineFactsOf({ status: row({ inReplyToUri: 'https://far.example/1' }), author: account() }, null, verdictOn).reply).toEqual({ toAccountId: null });
  });

  test('relationships make a viewer, and who has none is a stranger', () => {
    const relationship = { following: true, showBoosts: false, languages: null, blocking: false, blockedBy: true, muting: false, domainBlocking: false } as Relationship;
    const reader = viewerOf(me, new Map([[friend, relationship]]));
    expect(reader.tiesTo(friend)).toMatchObject({ follows: true, showsBoosts: false, blocks: false, blockedEitherWay: true });
    expect(reader.tiesTo(other)).toBe(NO_TIES);
  });
});
