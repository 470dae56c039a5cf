import { expect, test } from '@jest/globals';
import { renderNodeInfo, renderNodeInfoLinks, renderWebfinger } from '../write/render-discovery.js';
import { parseCollectionPage } from './parse-collection.js';
import { parseNodeInfo, parseNodeInfoLinks } from './parse-nodeinfo.js';
import { parseHandle, parseWebfinger } from './parse-webfinger.js';

const ours = renderWebfinger({
  handle: 'ann@example.org',
  actorUri: 'https://social.example.org/ap/users/1',
  profileUrl: 'https://social.example.org/@ann',
  subscribeTemplate: 'https://social.example.org/authorize_interaction?uri={uri}',
});

test('WebFinger: what we write, we read', () => {
  expect(parseWebfinger(ours)).toEqual({
    ok: true,
    value: {
      subject: 'acct:ann@example.org',
      handle: { username: 'ann', host: 'example.org' },
      selfUri: 'https://social.example.org/ap/users/1',
      profileUrl: 'https://social.example.org/@ann',
      subscribeTemplate: 'https://social.example.org/authorize_interaction?uri={uri}',
      aliases: ['https://social.example.org/@ann', 'https://social.example.org/ap/users/1'],
    },
  });
});

test.each([
  ['no subject', { ...ours, subject: undefined }, 'missing_subject'],
  ['no links', { ...ours, links: null }, 'missing_link'],
  ['a self link to a page', { ...ours, links: [{ rel: 'self', type: 'text/html', href: 'https://a.example/' }] }, 'missing_link'],
  ['a self link that is no URL', { ...ours, links: { rel: 'self', type: 'application/activity+json', href: 'javascript:x' } }, 'missing_link'],
])('WebFinger with %s', (_name, json, code) => {
  expect(parseWebfinger(json)).toMatchObject({ ok: false, error: { code } });
});

test('a template that runs a script is not taken', () => {
  const links = [...(ours['links'] as object[]).filter((link) => !('template' in link)), { rel: 'http://ostatus.org/schema/1.0/subscribe', template: 'javascript:{uri}' }];
  expect(parseWebfinger({ ...ours, links })).toMatchObject({ ok: true, value: { subscribeTemplate: null } });
});

test.each([
  ['acct:a@B.example:443', { username: 'a', host: 'b.example' }],
  ['@a@localhost:3001', { username: 'a', host: 'localhost:3001' }],
  ['a@b@c', null],
  ['https://b.example/a', null],
  ['@a', null],
])('handle %p → %p', (text, handle) => {
  expect(parseHandle(text)).toEqual(handle);
});

const info = {
  softwareVersion: '1.0.0', repositoryUrl: 'https://git.example/', homepageUrl: null, openRegistrations: true,
  usersTotal: 3, usersActiveMonth: 2, usersActiveHalfyear: 3, localPosts: 7, nodeName: 'n', nodeDescription: 'd',
};

test('NodeInfo: what we write, we read; 2.0 allows no repository', () => {
  expect(parseNodeInfoLinks(renderNodeInfoLinks('https://a.example', 'https://a.example/actor'))).toEqual({ ok: true, value: 'https://a.example/nodeinfo/2.1' });
  expect(parseNodeInfo(renderNodeInfo('2.1', info))).toMatchObject({ ok: true, value: { softwareName: 'trunkline', softwareVersion: '1.0.0', usersTotal: 3, usersActiveMonth: 2, localPosts: 7, openRegistrations: true } });
  expect(renderNodeInfo('2.0', info)['software']).toEqual({ name: 'trunkline', version: '1.0.0' });
  expect(parseNodeInfoLinks({ links: [{ rel: 'http://nodeinfo.diaspora.software/ns/schema/2.0', href: 'file:///etc' }] })).toMatchObject({ ok: false });
});

test.each([
  ['hidden followers', { type: 'OrderedCollection', totalItems: 5 }, { totalItems: 5, items: [], first: { uri: null, json: null } }],
  ['a single item', { type: 'CollectionPage', items: 'https://a.example/1' }, { items: [{ uri: 'https://a.example/1', json: null }] }],
  ['a page inline', { type: 'Collection', first: { type: 'CollectionPage', items: [] } }, { first: { uri: null, json: { type: 'CollectionPage' } } }],
  ['objects', { type: 'OrderedCollectionPage', orderedItems: [{ id: 'https://a.example/1', type: 'Note' }, null], next: 'https://a.example/p2' }, { items: [{ uri: 'https://a.example/1', json: { type: 'Note' } }], next: 'https://a.example/p2' }],
  ['nonsense totals', { type: 'Collection', totalItems: -1 }, { totalItems: null }],
])('collection: %s', (_name, json, expected) => {
  expect(parseCollectionPage(json)).toMatchObject({ ok: true, value: expected });
});
