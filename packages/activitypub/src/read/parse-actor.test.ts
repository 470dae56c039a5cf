import { describe, expect, test } from '@jest/globals';
import { parseActor } from './parse-actor.js';
import { parsePublicKeys } from './parse-keys.js';

const ID = 'https://a.example/u/1';
const MULTIKEY = { id: `${ID}#ed25519-key`, type: 'Multikey', controller: ID, publicKeyMultibase: 'z6Mk123' };
const actor = {
  id: ID,
  type: 'Person',
  preferredUsername: 'ann',
  inbox: `${ID}/inbox`,
  publicKey: { id: `${ID}#main-key`, owner: ID, publicKeyPem: 'PEM' },
};
const read = (changes: object = {}) => {
  const result = parseActor({ ...actor, ...changes });
  return result.ok ? result.value : { code: result.error.code };
};

test('the least there is: everything else has a default', () => {
  expect(read({ name: null, summary: null })).toMatchObject({
    uri: ID, username: 'ann', displayName: '', summaryHtml: '', url: ID, sharedInbox: null, followers: null, avatarUrl: null,
    locked: false, discoverable: null, bot: false, publicKeys: [{ id: `${ID}#main-key`, owner: ID, pem: 'PEM' }], fields: [], emojis: [], alsoKnownAs: [],
  });
});

describe('shapes seen in the wild', () => {
  test.each([
    ['PeerTube: url and icon as lists of Links', { url: [{ type: 'Link', mediaType: 'text/html', href: 'https://a.example/@ann' }], icon: [{ url: 'https://a.example/i.png' }] }, { url: 'https://a.example/@ann', avatarUrl: 'https://a.example/i.png' }],
    ['Threads: page on www', { url: 'https://www.a.example/@ann' }, { url: 'https://www.a.example/@ann' }],
    ['a page on another host is not believed', { url: 'https://bank.example/' }, { url: ID }],
    ['a script for a page', { url: 'javascript:alert(1)', icon: 'data:image/png;base64,x' }, { url: ID, avatarUrl: null }],
    ['Bridgy: two types, icon list', { type: ['Person', 'vcard:individual'], icon: [{ type: 'Image', url: 'https://a.example/i' }] }, { type: 'Person', avatarUrl: 'https://a.example/i' }],
    ['Misskey: shared inbox at the top', { sharedInbox: 'https://a.example/inbox' }, { sharedInbox: 'https://a.example/inbox' }],
    ['FEP-2c59 handle', { webfinger: 'acct:ann@example.org', preferredUsername: undefined }, { username: 'ann', webfingerHandle: 'ann@example.org' }],
    ['one field, not in a list', { attachment: { type: 'PropertyValue', name: 'n', value: 'v' } }, { fields: [{ name: 'n', value: 'v' }] }],
    ['Akkoma: emoji without id', { tag: { id: null, type: 'Emoji', name: ':x:', icon: { url: 'https://a.example/x.png' } } }, { emojis: [{ shortcode: 'x', url: 'https://a.example/x.png' }] }],
    ['flags as text', { discoverable: 'true', manuallyApprovesFollowers: true }, { discoverable: true, locked: true }],
    ['bots and groups', { type: 'Group' }, { group: true, bot: false }],
    ['bots', { type: 'Service' }, { bot: true }],
    ['Mastodon: pinned tags and author domains', { featuredTags: `${ID}/tags`, attributionDomains: ['Blog.Example', 'b\u00fccher.example', 'a/b', 7] }, { featuredTags: `${ID}/tags`, attributionDomains: ['blog.example', 'xn--bcher-kva.example'] }],
    ['S015: author domains are plain text, nothing that JSON-LD could turn into it', { attributionDomains: [{ id: 'news.example' }, ['news.example'], '/news', 'https://news.example/', null] }, { attributionDomains: [] }],
    ['Mitra, Hollo: Multikeys (FEP-521a)', { assertionMethod: [MULTIKEY, 'https://a.example/key'] }, { multikeys: [{ id: MULTIKEY.id, controller: ID, publicKeyMultibase: 'z6Mk123' }] }],
    ['Lemmy: a community and its moderators', { type: 'Group', attributedTo: `${ID}/moderators`, postingRestrictedToMods: true }, { moderators: `${ID}/moderators`, postingRestrictedToMods: true }],
    ['Misskey: not for visitors', { _misskey_requireSigninToViewContents: true }, { hiddenFromVisitors: true }],
    ['GoToSocial: not for visitors', { hidesToPublicFromUnauthedWeb: true }, { hiddenFromVisitors: true }],
    ['an edited profile', { updated: '2030-01-01' }, { updated: '2030-01-01T00:00:00.000Z' }],
  ])('%s', (_name, changes, expected) => {
    expect(read(changes)).toMatchObject(expected);
  });
});

describe('impersonation', () => {
  test.each([
    ['inbox on another host', { inbox: 'https://victim.example/inbox' }, { code: 'host_mismatch' }],
    ['no inbox (GotoSocial stub)', { inbox: undefined }, { code: 'missing_inbox' }],
    ['no name', { preferredUsername: undefined }, { code: 'missing_username' }],
    ['a name that splits a handle', { preferredUsername: 'ann@victim.example' }, { code: 'missing_username' }],
    ['no actor at all', { type: 'Note' }, { code: 'wrong_type' }],
    ['no id', { id: undefined }, { code: 'missing_id' }],
    ['followers of somebody else', { followers: 'https://victim.example/f', endpoints: { sharedInbox: 'https://victim.example/inbox' } }, { followers: null, sharedInbox: null }],
    ['key on another host', { publicKey: { ...actor.publicKey, id: 'https://victim.example/u#main-key' } }, { publicKeys: [] }],
    ['Multikeys of others, on other hosts, and no keys at all', { assertionMethod: [{ ...MULTIKEY, controller: 'https://a.example/u/2' }, { ...MULTIKEY, id: 'https://victim.example/#k' }, { ...MULTIKEY, publicKeyMultibase: 'z0OIl' }] }, { multikeys: [] }],
    ["moderators of somebody else's", { type: 'Group', attributedTo: 'https://victim.example/m' }, { moderators: null }],
    ['key of another owner', { publicKey: { ...actor.publicKey, owner: 'https://a.example/u/2' } }, { publicKeys: [] }],
  ])('%s', (_name, changes, expected) => {
    expect(read(changes)).toMatchObject(expected);
  });
});

test('long lists and texts are cut, never refused', () => {
  const many = (count: number, entry: object): object[] => Array.from({ length: count }, () => entry);
  const result = parseActor({
    ...actor,
    name: 'n'.repeat(5_000_000),
    summary: 's'.repeat(100_000),
    attachment: many(10_000, { type: 'PropertyValue', name: 'n', value: 'v'.repeat(3_000) }),
    alsoKnownAs: Array.from({ length: 5_000 }, (_, index) => `https://a.example/${index}`),
    publicKey: many(100, actor.publicKey),
  });
  if (!result.ok) throw new Error(result.error.code);
  expect([result.value.displayName.length, result.value.summaryHtml.length]).toEqual([2048, 20_480]);
  expect([result.value.fields.length, result.value.fields[0]?.value.length]).toEqual([50, 2047]);
  expect([result.value.alsoKnownAs.length, result.value.publicKeys.length]).toEqual([256, 10]);
});

test.each([
  ['a bare key', { ...actor.publicKey }],
  ['a stub actor', { id: ID, preferredUsername: 'ann', publicKey: actor.publicKey }],
  ['a whole actor', actor],
])('a keyId may answer with %s', (_name, json) => {
  expect(parsePublicKeys(json)).toEqual({ ok: true, value: [{ id: `${ID}#main-key`, owner: ID, pem: 'PEM' }] });
});
