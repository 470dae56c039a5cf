import { describe, expect, test } from '@jest/globals';
import { PUBLIC_URI } from '../../hosts.js';
import { parseActivity } from '../parse-activity.js';
import { activityFacts } from './activity-facts.js';

const ANN = 'https://a.example/u/ann';
const BOB = 'https://ours.example/u/bob';
const NOTE = `${BOB}/1`;
const GROUP = 'https://g.example/c/main';

/** The facts, or the rule that lets it go. */
function read(json: object): unknown {
  const activity = parseActivity({ id: 'https://a.example/act/1', actor: ANN, ...json });
  if (!activity.ok) return activity.error.code;
  const facts = activityFacts(activity.value);
  return facts.ok ? facts.value : facts.error.code;
}

const mine = (changes: object = {}): object => ({ type: 'Note', id: 'https://a.example/n/1', attributedTo: ANN, content: 'hi', ...changes });

test.each([
  ['a person', BOB, BOB],
  ['a relay', 'as:Public', PUBLIC_URI],
  ['an embedded actor (Kroeg)', { type: 'Person', id: BOB }, BOB],
])('Follow of %s', (_name, object, objectUri) => {
  expect(read({ type: 'Follow', object })).toEqual({ kind: 'follow', objectUri });
});

describe('Accept and Reject', () => {
  const follow = { type: 'Follow', id: `${BOB}/f/1`, actor: BOB, object: ANN };
  test.each([
    ['embedded', follow, { uri: follow.id, actorUri: BOB, facts: { kind: 'follow', objectUri: ANN } }],
    ['by id (Mitra)', follow.id, { uri: follow.id, actorUri: null, facts: null }],
    ['a list (GoToSocial)', [follow.id], { uri: follow.id, actorUri: null, facts: null }],
    ['the id of a post (GoToSocial)', { type: 'Note', id: NOTE }, { uri: NOTE, actorUri: null, facts: null }],
    ['one whose id lies elsewhere: only that id counts', { ...follow, id: 'https://evil.example/1' }, { uri: 'https://evil.example/1', actorUri: null, facts: null }],
  ])('%s', (_name, object, answered) => {
    for (const type of ['Accept', 'Reject'] as const) expect(read({ type, object })).toEqual({ kind: type.toLowerCase(), answered, resultUri: null, targetUri: null });
  });

  test("a stamp must be the actor's own", () => {
    const object = { type: 'QuoteRequest', id: `${BOB}/q/1`, actor: BOB, object: `${ANN}/n/1`, instrument: NOTE };
    expect(read({ type: 'Accept', object, result: `${ANN}/stamps/1` })).toMatchObject({ kind: 'accept', answered: { facts: { kind: 'quote-request', quotedUri: `${ANN}/n/1`, quote: { uri: NOTE } } }, resultUri: `${ANN}/stamps/1` });
    expect(read({ type: 'Accept', object, result: 'https://evil.example/1' })).toBe('foreign_object');
  });

  test('of what is let go', () => expect(read({ type: 'Accept', object: { type: 'Join', actor: BOB, object: ANN } })).toBe('event_participation'));
  test('of nothing', () => expect(read({ type: 'Accept' })).toBe('missing_object'));
});

describe('Undo', () => {
  test.each([
    ['a like', { type: 'Like', id: 'https://a.example/l/1', actor: ANN, object: NOTE }, { uri: 'https://a.example/l/1', actorUri: ANN, facts: { kind: 'like', uri: NOTE } }],
    ['a reaction (Misskey)', { type: 'Like', actor: ANN, object: NOTE, content: '👍' }, { uri: null, actorUri: ANN, facts: { kind: 'reaction', uri: NOTE, emoji: '👍', custom: null } }],
    ['a boost without an actor', { type: 'Announce', id: 'https://a.example/b/1', object: NOTE }, { uri: 'https://a.example/b/1', actorUri: ANN, facts: { kind: 'boost', uri: NOTE, embedded: null } }],
    ['an id alone (Pleroma)', 'https://a.example/f/1', { uri: 'https://a.example/f/1', actorUri: null, facts: null }],
    ['a deletion (Misskey lifts a suspension, Lemmy restores)', { type: 'Delete', actor: ANN, object: ANN }, { uri: null, actorUri: ANN, facts: { kind: 'delete', what: 'account', uri: ANN, reason: '' } }],
  ])('%s', (_name, object, undone) => {
    expect(read({ type: 'Undo', object })).toEqual({ kind: 'undo', undone });
  });

  test.each([
    ['of what another did', { type: 'Like', actor: 'https://a.example/u/eve', object: NOTE }, 'foreign_actor'],
    ['of an id elsewhere', 'https://b.example/f/1', 'foreign_object'],
    ['of a dislike (Friendica)', { type: 'Dislike', actor: ANN, object: NOTE }, 'dislike'],
    ['of nothing', null, 'missing_object'],
  ])('%s', (_name, object, rule) => {
    expect(read({ type: 'Undo', object })).toBe(rule);
  });
});

describe('Create', () => {
  test('a post inline, by id, or several', () => {
    expect(read({ type: 'Create', object: mine() })).toMatchObject({ kind: 'create', posts: [{ uri: 'https://a.example/n/1', json: { content: 'hi' } }] });
    expect(read({ type: 'Create', object: 'https://a.example/n/1' })).toEqual({ kind: 'create', posts: [{ uri: 'https://a.example/n/1', json: null }] });
    expect(read({ type: 'Create', object: [mine(), mine({ id: 'https://a.example/n/2' })] })).toMatchObject({ posts: [{}, { uri: 'https://a.example/n/2' }] });
  });

  test('a post that names nobody is for whom its activity names; one that names anybody is for them alone', () => {
    const [to, cc] = [[PUBLIC_URI], `${ANN}/followers`];
    expect(read({ type: 'Create', to, cc, object: mine() })).toMatchObject({ posts: [{ json: { to, cc } }] });
    expect(read({ type: 'Create', to, cc, object: mine({ cc: [BOB] }) })).toMatchObject({ posts: [{ json: mine({ cc: [BOB] }) }] });
    expect(read({ type: 'Create', to, object: mine({ bto: [BOB] }) })).toEqual({ kind: 'create', posts: [{ uri: 'https://a.example/n/1', json: mine({ bto: [BOB] }) }] });
  });

  test('nothing that says what it is', () => expect(read({ type: 'Create', object: mine({ type: undefined }) })).toBe('missing_type'));

  test('PeerTube: the channel beside the account is no other author', () => {
    expect(read({ type: 'Create', object: mine({ type: 'Video', attributedTo: [{ type: 'Person', id: ANN }, { type: 'Group', id: GROUP }] }) })).toMatchObject({ kind: 'create' });
  });

  test('votes: one (Mastodon), several in a list (GoToSocial)', () => {
    const vote = (name: string): object => mine({ content: undefined, name, inReplyTo: NOTE, id: `https://a.example/v/${name}` });
    expect(read({ type: 'Create', object: vote('tea') })).toEqual({ kind: 'vote', questionUri: NOTE, votes: [{ uri: 'https://a.example/v/tea', choice: 'tea' }] });
    expect(read({ type: 'Create', object: [vote('tea'), vote('rum')] })).toMatchObject({ votes: [{ choice: 'tea' }, { choice: 'rum' }] });
    expect(read({ type: 'Create', object: mine({ name: 'title', inReplyTo: NOTE }) })).toMatchObject({ kind: 'create' });
  });

  test.each([
    ['another host', mine({ id: 'https://b.example/n/1' }), 'foreign_object'],
    ["another host's author", mine({ attributedTo: BOB }), 'foreign_author'],
    ['a book (BookWyrm)', mine({ type: 'Edition' }), 'no_post'],
    ['an answer to a story (Pixelfed)', mine({ type: 'Story:Reply' }), 'no_post'],
    ['a collection of accounts (Mastodon)', mine({ type: 'FeaturedCollection' }), 'featured_collection'],
    ['who knows', mine({ type: 'Frobnication' }), 'unknown_type'],
    ['no id', mine({ id: undefined }), 'missing_object'],
  ])('%s', (_name, object, rule) => {
    expect(read({ type: 'Create', object })).toBe(rule);
  });
});

describe('Update and Delete', () => {
  test.each([
    ['Update', mine(), { kind: 'update', what: 'post' }],
    ['Update', { type: 'Person', id: ANN }, { kind: 'update', what: 'account' }],
    ['Update', ANN, { kind: 'update', what: 'account' }],
    // Its own server is asked.
    ['Update', { type: 'Group', id: 'https://a.example/g/1' }, { kind: 'update', what: 'account' }],
    ['Update', 'https://a.example/n/1', { kind: 'update', what: 'unknown' }],
    ['Update', { id: 'https://a.example/n/1', content: 'no type' }, { kind: 'update', what: 'unknown', object: { json: null } }],
    ['Delete', 'https://a.example/n/1', { kind: 'delete', what: 'unknown', uri: 'https://a.example/n/1' }],
    ['Delete', { type: 'Tombstone', id: 'https://a.example/n/1' }, { kind: 'delete', what: 'unknown' }],
    ['Delete', { type: 'Person', id: ANN }, { kind: 'delete', what: 'account' }],
    ['Delete', { type: 'QuoteAuthorization', id: `${ANN}/stamps/1` }, { kind: 'delete', what: 'stamp' }],
  ])('%s of %p', (type, object, facts) => {
    expect(read({ type, object })).toMatchObject(facts);
  });

  test.each([
    ['Update', mine({ id: NOTE }), 'foreign_object'],
    ['Update', mine({ attributedTo: BOB }), 'foreign_author'],
    ['Update', mine({ type: 'Frobnication' }), 'unknown_type'],
    ['Update', mine({ type: 'FeaturedCollection' }), 'featured_collection'],
    ['Update', { type: 'Person', id: BOB }, 'foreign_object'],
    ['Delete', NOTE, 'foreign_object'],
    ['Delete', { type: 'Person', id: 'https://a.example/u/eve' }, 'foreign_author'],
    ['Delete', null, 'missing_object'],
  ])('%s of %p is not its to make', (type, object, rule) => {
    expect(read({ type, object })).toBe(rule);
  });
});

describe('Announce', () => {
  test("a boost by id, or of one's own post that came along; another's text is not believed", () => {
    expect(read({ type: 'Announce', object: NOTE })).toEqual({ kind: 'boost', uri: NOTE, embedded: null });
    expect(read({ type: 'Announce', object: mine({ id: NOTE }) })).toEqual({ kind: 'boost', uri: NOTE, embedded: null });
    expect(read({ type: 'Announce', object: mine({ attributedTo: 'https://a.example/u/eve' }) })).toMatchObject({ embedded: null });
    expect(read({ type: 'Announce', object: mine() })).toMatchObject({ kind: 'boost', embedded: { json: { content: 'hi' } } });
  });

  const announced = (object: object): unknown => read({ type: 'Announce', id: `${GROUP}/1`, actor: GROUP, object });
  test('a group passes on what members did (FEP-1b12)', () => {
    const like = { type: 'Like', id: 'https://a.example/l/1', actor: ANN, object: NOTE };
    expect(announced(like)).toMatchObject({ kind: 'group-delivery', groupUri: GROUP, activity: { id: like.id, actorUri: ANN }, facts: { kind: 'like', uri: NOTE } });
    expect(announced({ type: 'Undo', id: 'https://a.example/x/1', actor: ANN, object: { type: 'Block', actor: ANN, object: BOB, target: GROUP } })).toMatchObject({ facts: { kind: 'undo', undone: { facts: { kind: 'block', groupUri: GROUP } } } });
  });

  test("a moderator may speak of the group's things and of members' posts, elsewhere of nobody's", () => {
    const moderate = (type: string, object: unknown, changes: object = {}): object => ({ type, id: 'https://a.example/m/1', actor: ANN, object, ...changes });
    expect(announced(moderate('Delete', NOTE, { summary: 'spam' }))).toMatchObject({ facts: { kind: 'delete', uri: NOTE, reason: 'spam' } });
    expect(announced(moderate('Update', { type: 'Group', id: GROUP }))).toMatchObject({ facts: { kind: 'update', what: 'account' } });
    expect(announced(moderate('Add', BOB, { target: `${GROUP}/moderators` }))).toMatchObject({ facts: { kind: 'add', collectionUri: `${GROUP}/moderators` } });
    expect(announced(moderate('Update', mine({ id: NOTE })))).toBe('foreign_object');
    expect(announced(moderate('Add', BOB, { target: 'https://third.example/moderators' }))).toBe('foreign_object');
  });

  test('what it passes on may be let go, and has an end', () => {
    expect(announced({ type: 'Dislike', actor: ANN, object: NOTE })).toBe('dislike');
    expect(announced({ type: 'Create', id: 'https://evil.example/1', actor: ANN, object: mine() })).toBe('foreign_id');
    expect(announced({ type: 'Announce', actor: ANN, object: { type: 'Announce', actor: ANN, object: { type: 'Like', actor: ANN, object: NOTE } } })).toBe('too_deep');
  });
});

describe('likes and reactions', () => {
  const tag = [{ type: 'Emoji', id: null, name: 'blob', icon: { url: 'https://a.example/blob.png' } }];
  test.each([
    ['plain', {}, { kind: 'like' }],
    ['Misskey: an emoji', { content: '❤' }, { kind: 'reaction', emoji: '❤' }],
    ['Misskey: its own, with a host', { content: ':blob@.:', _misskey_reaction: ':blob@.:', tag }, { kind: 'reaction', emoji: 'blob', custom: { url: 'https://a.example/blob.png' } }],
    ['Misskey of old: a word', { _misskey_reaction: 'pudding' }, { kind: 'reaction', emoji: '🍮' }],
    ['a custom one without its picture', { content: ':blob:' }, { kind: 'like' }],
    ['words', { content: 'well said' }, { kind: 'like' }],
  ])('Like: %s', (_name, changes, facts) => {
    expect(read({ type: 'Like', object: NOTE, ...changes })).toMatchObject({ uri: NOTE, ...facts });
  });

  test.each([
    ['👍🏽', { kind: 'reaction', emoji: '👍🏽' }],
    ['👩‍👩‍👧', { kind: 'reaction' }],
    ['🇫🇷', { kind: 'reaction' }],
    ['1️⃣', { kind: 'reaction' }],
    [':blob:', { kind: 'reaction', emoji: 'blob' }],
  ])('EmojiReact %s', (content, facts) => {
    expect(read({ type: 'EmojiReact', object: NOTE, content, tag })).toMatchObject(facts);
    expect(read({ type: 'litepub:EmojiReact', object: NOTE, content, tag })).toMatchObject(facts);
  });

  test.each([['👌👌'], ['yes'], ['1'], ['🇫'], [':none:'], [''], [null], ['👍'.padEnd(5000, '\u0301')]])('EmojiReact %p is none', (content) => {
    expect(read({ type: 'EmojiReact', object: NOTE, content, tag })).toBe('bad_emoji');
  });
});

describe('reports', () => {
  test.each([
    ['Mastodon, GoToSocial: account and posts', { object: [BOB, NOTE], content: 'spam' }, { objectUris: [BOB, NOTE], comment: 'spam', linkedUris: [] }],
    ['Akkoma: posts whole', { object: [BOB, { type: 'Note', id: NOTE, content: 'x' }] }, { objectUris: [BOB, NOTE], comment: '' }],
    ['Misskey: posts within the text', { object: BOB, content: `Note: ${NOTE}\n-----\nspam` }, { objectUris: [BOB], linkedUris: [NOTE] }],
    ['Lemmy, Mbin: one post, the reason in summary', { object: NOTE, summary: 'rude' }, { objectUris: [NOTE], comment: 'rude' }],
  ])('%s', (_name, changes, facts) => {
    expect(read({ type: 'Flag', ...changes })).toMatchObject({ kind: 'report', ...facts });
  });
  test('of nothing', () => expect(read({ type: 'Flag', object: [] })).toBe('missing_object'));
});

test.each([
  ['Move', { object: ANN, target: BOB }, { kind: 'move', fromUri: ANN, toUri: BOB, pulled: false }],
  ['Move', { object: BOB, target: ANN }, { kind: 'move', fromUri: BOB, toUri: ANN, pulled: true }],
  ['Move', { object: BOB, target: GROUP }, 'foreign_object'],
  ['Move', { object: ANN }, 'missing_target'],
  ['Block', { object: BOB }, { kind: 'block', uri: BOB, groupUri: null, endsAt: null, removesPosts: false }],
  ['Block', { object: BOB, target: GROUP, removeData: true, endTime: '2030-01-01T00:00:00Z' }, { kind: 'block', groupUri: GROUP, removesPosts: true, endsAt: '2030-01-01T00:00:00.000Z' }],
  ['Add', { object: 'https://a.example/n/1', target: `${ANN}/featured` }, { kind: 'add', collectionUri: `${ANN}/featured`, hashtag: null }],
  ['Add', { object: mine(), target: `${ANN}/featured` }, { kind: 'add', object: { uri: 'https://a.example/n/1' } }],
  ['Remove', { object: { type: 'Hashtag', name: '#cats', href: 'x' }, target: `${ANN}/featured` }, { kind: 'remove', hashtag: 'cats' }],
  ['Add', { object: 'https://a.example/n/1', target: `${BOB}/featured` }, 'foreign_object'],
  ['Add', { object: 'https://a.example/n/1' }, 'missing_target'],
  ['Add', { object: { type: 'Create', actor: BOB }, target: `${ANN}/history` }, 'conversation_container'],
  ['QuoteRequest', { object: NOTE, instrument: mine() }, { kind: 'quote-request', quotedUri: NOTE, quote: { uri: 'https://a.example/n/1' } }],
  ['QuoteRequest', { object: NOTE, instrument: 'https://b.example/n' }, 'foreign_object'],
  ['QuoteRequest', { object: NOTE }, 'missing_target'],
  ['ReplyRequest', { object: NOTE, instrument: mine() }, { kind: 'interaction-request', what: 'reply', objectUri: NOTE }],
  ['LikeRequest', { object: NOTE, instrument: 'https://a.example/l/1' }, { what: 'like' }],
  ['AnnounceRequest', { object: NOTE, instrument: 'https://a.example/b/1' }, { what: 'announce' }],
  ['View', { object: NOTE }, 'view_counter'],
  ['Listen', { object: NOTE }, 'view_counter'],
  ['Invite', { object: BOB }, 'event_participation'],
  ['Lock', { object: NOTE }, 'group_moderation'],
  ['https://ns.example/as#Bite', { target: BOB }, 'no_meaning'],
  ['FeatureRequest', { object: BOB }, 'featured_collection'],
  ['ApproveReply', { object: NOTE }, 'group_moderation'],
  ['Ping', { object: BOB }, 'no_meaning'],
  ['Frobnicate', { object: BOB }, 'unknown_type'],
  ['Follow', { id: 'https://b.example/f/1', object: BOB }, 'foreign_id'],
  ['Follow', { id: undefined, object: BOB }, { kind: 'follow' }],
])('%s %p', (type, changes, expected) => {
  const facts = read({ type, ...changes });
  if (typeof expected === 'string') expect(facts).toBe(expected);
  else expect(facts).toMatchObject(expected);
});

test.each([
  ['NodeBB: what becomes a Tombstone is deleted', { type: 'Update', object: { type: 'Tombstone', id: 'https://a.example/n/1' } }, { kind: 'delete', what: 'unknown', uri: 'https://a.example/n/1', reason: '' }],
  ['NodeBB: a topic moves', { type: 'Move', object: 'https://a.example/topic/1', origin: 'https://a.example/c/1', target: 'https://a.example/c/2' }, 'group_moderation'],
  ['an account is no post', { type: 'Create', object: { type: 'Person', id: 'https://a.example/u/2' } }, 'no_post'],
  ['Vervis: a push', { type: 'Push', object: 'https://a.example/c/1' }, 'forge'],
  ['FEP-0837: an agreement is no post', { type: 'Create', object: { type: 'Agreement', id: 'https://a.example/1' } }, 'no_post'],
])('%s', (_name, json, facts) => {
  expect(read(json)).toEqual(facts);
});
