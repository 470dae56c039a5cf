import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PUBLIC_URI } from '../hosts.js';
import { cleanDocument, dateOf } from './document.js';
import { parseActivity } from './parse-activity.js';
import { parseActor } from './parse-actor.js';
import { parseCollectionPage } from './parse-collection.js';
import { parsePublicKeys } from './parse-keys.js';
import { parseNodeInfo, parseNodeInfoLinks } from './parse-nodeinfo.js';
import { parseNote } from './parse-note.js';
import { parseStamp, parseTombstone } from './parse-stamp.js';
import { parseWebfinger } from './parse-webfinger.js';
import { readDocument } from './read-document.js';

const follow = {
  '@context': 'https://www.w3.org/ns/activitystreams',
  id: 'https://a.example/f/1',
  type: 'Follow',
  actor: 'https://a.example/u/1',
  object: 'https://b.example/u/2',
};
const read = (changes: object, options = {}) => {
  const result = parseActivity({ ...follow, ...changes }, options);
  return result.ok ? result.value : { code: result.error.code };
};

test('strings, lists and objects mean the same', () => {
  const plain = read({ to: 'as:Public', cc: null });
  const lists = read({ type: ['as:Follow'], actor: [{ type: 'Person', id: follow.actor }], object: [{ id: follow.object }], to: ['Public', PUBLIC_URI], cc: [] });
  expect(plain).toMatchObject({ type: 'Follow', actorUri: follow.actor, object: { uri: follow.object, json: null }, to: [PUBLIC_URI], cc: [] });
  expect(lists).toMatchObject({ type: 'Follow', actorUri: follow.actor, object: { uri: follow.object, json: { id: follow.object } }, to: [PUBLIC_URI], cc: [] });
});

test('several objects, a target, and types that nobody knows come through', () => {
  expect(read({ type: 'Travel', object: ['https://b.example/1', 'https://b.example/2'], target: 'https://c.example/' })).toMatchObject({
    type: 'Travel',
    objects: [{ uri: 'https://b.example/1' }, { uri: 'https://b.example/2' }],
    target: { uri: 'https://c.example/' },
  });
});

describe('what is refused', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 'x' : { object: deep(levels - 1) });
  test.each([
    ['no actor', { actor: null }, 'missing_actor'],
    ['an actor that is no http URI', { actor: 'did:key:z6Mk' }, 'missing_actor'],
    ['no type', { type: undefined }, 'missing_type'],
    ['@graph', { '@graph': [] }, 'forbidden_keyword'],
    ['@reverse deep inside', { object: [{ x: { '@reverse': {} } }] }, 'forbidden_keyword'],
    ['@included', { object: { '@included': 1 } }, 'forbidden_keyword'],
    ['a keyword with a NUL in it', { object: { '@gra\u0000ph': 1 } }, 'forbidden_keyword'],
    ['33 levels', { object: deep(33) }, 'too_deep'],
    ['half a million values', { x: Array.from({ length: 500_000 }, () => 0) }, 'too_large'],
  ])('%s', (_name, changes, code) => {
    expect(read(changes)).toEqual({ code });
  });

  test.each([[null], [[]], ['text'], [1], [undefined]])('%p is no object', (json) => {
    expect(parseActivity(json)).toMatchObject({ ok: false, error: { code: 'not_an_object' } });
  });

  test('a missing context only when the caller asks for one', () => {
    expect(read({ '@context': undefined })).toMatchObject({ type: 'Follow' });
    expect(read({ '@context': undefined }, { requireContext: true })).toEqual({ code: 'missing_context' });
    expect(read({ '@context': ['https://w3id.org/x', 'https://www.w3.org/ns/activitystreams'] }, { requireContext: true })).toMatchObject({ type: 'Follow' });
  });
});

describe('cleaning', () => {
  test('prototype keys are gone at every depth and nothing is polluted', () => {
    const result = cleanDocument(JSON.parse('{"__proto__":{"isAdmin":true},"__pro\\u0000to__":{"isAdmin":true},"a":[{"constructor":{"x":1},"prototype":1,"b":2}]}'));
    expect(result).toEqual({ ok: true, value: { a: [{ b: 2 }] } });
    const copy: Record<string, unknown> = Object.assign({}, result.ok ? result.value : {});
    expect(copy['isAdmin']).toBeUndefined();
  });

  test('NULs, half surrogates and infinities cannot reach the database', () => {
    expect(cleanDocument(JSON.parse('{"a":"x\\u0000y","b":"\\ud800","c":1e400}'))).toEqual({ ok: true, value: { a: 'xy', b: '\ufffd', c: null } });
  });
});

test.each([
  ['2026-05-01T12:00:00+0000', '2026-05-01T12:00:00.000Z'],
  ['2026-05-01T12:00:00.123456Z', '2026-05-01T12:00:00.123Z'],
  ['2026-05-01T14:00:00+02:00', '2026-05-01T12:00:00.000Z'],
  ['2026-05-01T12:00:00', '2026-05-01T12:00:00.000Z'],
  ['2026-05-01 12:00:00 UTC', '2026-05-01T12:00:00.000Z'],
  ['2026-05-01T12:00:00+00', '2026-05-01T12:00:00.000Z'],
  ['2026-05-01', '2026-05-01T00:00:00.000Z'],
  ['2026-05-01T', null],
  ['12026-05-01T12:00:00Z', null],
  ['2026-02-31T25:00:00Z', null],
  ['yesterday', null],
  ['1', null],
  [1_700_000_000, null],
])('date %p → %p', (text, iso) => {
  expect(dateOf(text)).toBe(iso);
});

test('no document of any shape makes a reader throw', () => {
  const key = fc.constantFrom('id', 'type', 'actor', 'object', 'to', 'cc', 'tag', 'attachment', 'url', 'icon', 'content', 'contentMap', 'summary', 'name', 'inbox', 'endpoints', 'publicKey', 'preferredUsername', 'attributedTo', 'replies', 'first', 'items', 'links', 'subject', 'focalPoint', 'blurhash', 'oneOf', 'published', 'mediaType', 'quote', 'quoteUrl', 'interactionPolicy', 'canQuote', 'automaticApproval', 'location', 'address', 'source', 'language', 'anyOf', 'closed', 'image', 'target', 'instrument', 'result', 'assertionMethod', '__proto__', '@context');
  const leaf = fc.oneof(fc.string(), fc.constantFrom('https://a.example/1', 'https://a.example/2', 'Note', 'Question', 'Person', 'Emoji', 'Mention', 'Video', 'Collection', 'as:Public', ''), fc.double(), fc.boolean(), fc.constant(null));
  const { tree } = fc.letrec((tie) => ({ tree: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('tree'), { maxLength: 4 }), fc.dictionary(key, tie('tree'), { maxKeys: 8 })) }));
  const parsers = [parseActivity, parseActor, parseNote, parseCollectionPage, parsePublicKeys, parseWebfinger, parseNodeInfo, parseNodeInfoLinks, parseStamp, parseTombstone, readDocument];
  const base = { id: 'https://a.example/1', attributedTo: 'https://a.example/u', type: 'Note', actor: 'https://a.example/u', inbox: 'https://a.example/i', preferredUsername: 'a' };
  fc.assert(
    fc.property(fc.dictionary(key, tree), fc.constantFrom('Note', 'Question', 'Video', 'Article', 'Event', 'Person', 'Group', 'Create', 'Announce', 'Undo', 'Accept', 'Like', 'EmojiReact', 'Flag', 'Move', 'Add', 'QuoteRequest', 'QuoteAuthorization', 'Collection'), (json, type) => {
      for (const parse of parsers) for (const document of [json, { ...base, ...json, id: base.id, type }]) expect(typeof parse(document).ok).toBe('boolean');
    }),
    { numRuns: 300 },
  );
});
