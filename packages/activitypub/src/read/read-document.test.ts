import { expect, test } from '@jest/globals';
import { readDocument } from './read-document.js';

const CONTEXT = 'https://www.w3.org/ns/activitystreams';
const ANN = 'https://a.example/u/ann';
const KEY = { id: `${ANN}#main-key`, owner: ANN, publicKeyPem: 'PEM' };
const actor = { id: ANN, type: 'Person', preferredUsername: 'ann', inbox: `${ANN}/inbox`, publicKey: KEY };

test.each([
  ['an actor', actor, 'actor'],
  ['an actor of two types', { ...actor, type: ['vcard:individual', 'Person'] }, 'actor'],
  ["a stub actor with its key (GotoSocial's answer on a keyId)", { ...actor, inbox: undefined }, 'keys'],
  ['a key alone', { ...KEY, type: 'Key' }, 'keys'],
  ['a key without a type', KEY, 'keys'],
  ['a post', { id: 'https://a.example/1', type: 'Page', attributedTo: ANN }, 'post'],
  ['a chat (Pleroma, Lemmy, Mbin)', { id: 'https://a.example/2', type: 'ChatMessage', attributedTo: ANN, to: ['https://b.example/bob'] }, 'post'],
  ['an activity', { type: 'Follow', actor: ANN, object: ANN }, 'activity'],
  ['a collection', { type: 'OrderedCollection', totalItems: 1 }, 'collection'],
  ['a stamp', { type: 'QuoteAuthorization', id: `${ANN}/s`, attributedTo: ANN, interactingObject: 'https://b.example/1', interactionTarget: `${ANN}/1` }, 'stamp'],
  ['a tombstone', { type: 'Tombstone', id: 'https://a.example/1' }, 'tombstone'],
  ['WebFinger', { subject: 'acct:a@a.example', links: [{ rel: 'self', type: 'application/activity+json', href: ANN }] }, 'webfinger'],
  ['NodeInfo', { version: '2.0', software: { name: 'x', version: '1' } }, 'nodeinfo'],
  ['links to NodeInfo', { links: [{ rel: 'http://nodeinfo.diaspora.software/ns/schema/2.0', href: 'https://a.example/n' }] }, 'nodeinfo-links'],
])('%s', (_name, json, kind) => {
  expect(readDocument(json)).toMatchObject({ ok: true, value: { kind } });
});

test.each([
  ['a context', { '@context': { '@reverse': {} } }, 'json_ld_context'],
  ['a book', { '@context': CONTEXT, type: 'Edition' }, 'no_post'],
  ['an activity that nobody knows', { '@context': CONTEXT, type: 'Frobnicate', actor: ANN }, 'unknown_type'],
  ['an object that nobody knows', { '@context': CONTEXT, type: 'Frobnication' }, 'unknown_type'],
  ['JSON of something else', { type: 'invoice' }, 'missing_context'],
  ['no type at all', { '@context': CONTEXT, url: ANN }, 'missing_type'],
  ['JSON-LD by its keywords', { '@context': CONTEXT, '@id': 'https://a.example/1', '@type': 'Note' }, 'json_ld_form'],
  ['JSON-LD expanded', { [`${CONTEXT}#content`]: [{ '@value': 'x' }] }, 'json_ld_form'],
  ['an actor without an inbox or a key', { ...actor, inbox: null, publicKey: null }, 'missing_inbox'],
  ['an error', { error: 'Not Found' }, 'missing_type'],
  ['a list', [], 'not_an_object'],
])('%s', (_name, json, code) => {
  expect(readDocument(json)).toMatchObject({ ok: false, error: { code } });
});
