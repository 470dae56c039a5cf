import { describe, expect, test } from '@jest/globals';
import { hasOneMeaning } from './one-meaning.js';

const AS = 'https://www.w3.org/ns/activitystreams';
const EVE = 'https://evil.example/eve';
const ANN = 'https://here.example/ap/users/1';
const text = (context: unknown, more: Readonly<Record<string, unknown>> = {}): string => JSON.stringify({ '@context': context, id: `${EVE}/1`, type: 'Create', actor: EVE, object: {}, ...more });

// As Mastodon, Misskey, Friendica, PeerTube, Fedify and Mitra write theirs.
test.each([
  ['the context alone', AS],
  ['Mastodon', [AS, 'https://w3id.org/security/v1', { ostatus: 'http://ostatus.org#', atomUri: 'ostatus:atomUri', sensitive: 'as:sensitive', toot: 'http://joinmastodon.org/ns#', votersCount: 'toot:votersCount', focalPoint: { '@container': '@list', '@id': 'toot:focalPoint' }, movedTo: { '@id': 'as:movedTo', '@type': '@id' }, quote: { '@id': 'https://w3id.org/fep/044f#quote', '@type': '@id' } }]],
  ['Misskey', [AS, 'https://w3id.org/security/v1', { Key: 'sec:Key', schema: 'http://schema.org#', PropertyValue: 'schema:PropertyValue', misskey: 'https://misskey-hub.net/ns#', _misskey_content: 'misskey:_misskey_content', quoteUrl: 'as:quoteUrl', vcard: 'http://www.w3.org/2006/vcard/ns#' }]],
  ['Friendica', [AS, { '@language': 'und', vcard: 'http://www.w3.org/2006/vcard/ns#', dfrn: 'http://purl.org/macgirvin/dfrn/1.0/', diaspora: 'https://diasporafoundation.org/ns/', guid: 'diaspora:guid', directMessage: 'litepub:directMessage', litepub: 'http://litepub.social/ns#' }]],
  ['PeerTube', [AS, 'https://w3id.org/security/v1', { RsaSignature2017: 'https://w3id.org/security#RsaSignature2017' }, { sc: 'http://schema.org/', Hashtag: 'as:Hashtag', uuid: 'sc:identifier', shares: { '@id': 'as:shares', '@type': '@id' } }]],
  ['Fedify', [AS, 'https://w3id.org/security/data-integrity/v1', { toot: 'http://joinmastodon.org/ns#', Emoji: 'toot:Emoji', fedibird: 'http://fedibird.com/ns#', quoteUri: 'fedibird:quoteUri' }]],
])('%s', (_server, context) => {
  expect(hasOneMeaning(text(context, { signature: { type: 'RsaSignature2017' } }))).toBe(true);
});

describe('S048 S052 another member that JSON-LD takes for the actor', () => {
  const said = { said: ANN };
  test.each([
    ['an alias', [AS, { actor: 'https://evil.example/x', said: { '@id': 'as:actor', '@type': '@id' } }], said],
    ['its full name', [AS, { said: `${AS}#actor` }], said],
    ['a term of the context', [AS, { said: 'actor' }], said],
    ['a term as a prefix', [AS, { said: 'actor:' }], said],
    ['the namespace under another name', [AS, { x: `${AS}#`, said: 'x:actor' }], said],
    ['a prefix of a prefix', [AS, { x: 'as:', said: 'x:actor' }], said],
    ['half of the namespace', [AS, { x: 'https://www.w3.org/ns/activitys', said: 'x:treams#actor' }], said],
    ['a vocabulary', [AS, { '@vocab': `${AS}#` }], said],
    ['an own namespace for `as`', [AS, { as: 'https://evil.example/#' }], said],
    ['the actor renamed', [AS, { actor: 'https://evil.example/x' }], { 'as:actor': ANN }],
    ['the actor taken away', [AS, { actor: null, said: { '@id': 'as:actor' } }], said],
    ['a context of a type', [AS, { Create: { '@id': 'as:Create', '@context': { said: 'as:actor' } } }], said],
    ['a nest', [AS, { inside: '@nest' }], { inside: { actor: ANN } }],
    ['the keyword itself', [AS], { '@nest': { actor: ANN } }],
    ['a full name as a member', [AS], { [`${AS}#actor`]: ANN }],
    ['a context from elsewhere', [AS, 'https://evil.example/context'], said],
    ['a context within a list', [AS, [{ said: 'as:actor' }]], said],
  ])('%s', (_how, context, more) => {
    expect(hasOneMeaning(text(context, more))).toBe(false);
  });
});

describe('S055 S052 names that parsers read each in their way', () => {
  const plain = text(AS);
  test.each([
    ['doubled', plain.replace('{', `{"actor":"${ANN}",`)],
    ['doubled with another spelling', plain.replace('{', String.raw`{"act\u006fr":"${ANN}",`)],
    ['in another case', plain.replace('{', `{"Actor":"${ANN}",`)],
    ['a list of actors', text(AS, { actor: [EVE, ANN] })],
    ['an actor inline', text(AS, { actor: { id: EVE } })],
  ])('%s', (_how, body) => {
    expect([hasOneMeaning(plain), hasOneMeaning(body)]).toEqual([true, false]);
  });

  test('what stands deeper, or within texts, is no member of it', () => {
    expect(hasOneMeaning(text(AS, { object: { actor: ANN, Actor: ANN, list: [{ actor: 1 }, ['actor', ',"actor":']], text: '{"actor":"\\"' } }))).toBe(true);
  });
});
