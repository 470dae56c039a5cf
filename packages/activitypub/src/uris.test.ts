import { expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import { actorUris, followUri, instanceActorUris, interactionRequestUri, interactionStampUri, likeUri, parseLocalUri, statusUris } from './uris.js';

const BASE = 'https://a.example';
const [accountId, statusId] = [snowflake('12'), snowflake('34')];

test('every URI that we make, we recognise', () => {
  const actor = actorUris(BASE, accountId);
  const status = statusUris(BASE, accountId, statusId);
  expect(parseLocalUri(BASE, actor.id)).toEqual({ kind: 'actor', accountId });
  expect(parseLocalUri(BASE, actor.keyId)).toEqual({ kind: 'key', accountId });
  for (const name of ['outbox', 'followers', 'following', 'featured'] as const) {
    expect(parseLocalUri(BASE, actor[name])).toEqual({ kind: 'collection', accountId, name });
  }
  expect(parseLocalUri(BASE, status.id)).toEqual({ kind: 'status', accountId, statusId });
  expect(parseLocalUri(BASE, status.activity)).toEqual({ kind: 'activity', accountId, statusId });
  expect(parseLocalUri(BASE, status.replies)).toEqual({ kind: 'replies', accountId, statusId });
  expect(parseLocalUri(BASE, followUri(BASE, accountId, statusId))).toEqual({ kind: 'follow', accountId, followId: statusId });
  expect(parseLocalUri(BASE, likeUri(BASE, accountId, statusId))).toEqual({ kind: 'like', accountId, likeId: statusId });
  for (const what of ['like', 'reply', 'announce'] as const) {
    expect(parseLocalUri(BASE, interactionStampUri(BASE, accountId, what, statusId))).toEqual({ kind: 'interaction-stamp', what, accountId, interactionId: statusId });
    expect(parseLocalUri(BASE, interactionRequestUri(BASE, accountId, what, statusId))).toEqual({ kind: 'interaction-request', what, accountId, interactionId: statusId });
  }
  expect(parseLocalUri(BASE, instanceActorUris(BASE).id)).toEqual({ kind: 'instance-actor' });
});

test('inboxes lie outside the actor, as the route table has them', () => {
  expect(actorUris(BASE, accountId)).toMatchObject({ inbox: `${BASE}/inbox/12`, sharedInbox: `${BASE}/inbox` });
  expect(instanceActorUris(BASE).inbox).toBe(`${BASE}/inbox/actor`);
});

test.each([
  'https://b.example/ap/users/12',
  'https://a.example.evil.example/ap/users/12',
  'https://a.example@evil.example/ap/users/12',
  'http://a.example/ap/users/12',
  'https://a.example:8443/ap/users/12',
  'https://a.example/ap/users/012',
  'https://a.example/ap/users/99999999999999999999',
  'https://a.example/ap/users/12/',
  'https://a.example/ap/users/12?x=1',
  'https://a.example/ap/users/12#other',
  'https://a.example/ap/users/12/statuses/34/likes',
  'https://a.example/ap/users/12/statuses/34/activity/x',
  'https://a.example/ap/users/12/follows/34/activity',
  'https://a.example/ap/users/12/like_requests/34/x',
  'https://a.example/ap/users/12/share_requests/34',
  'https://a.example/@name',
  'nonsense',
])('%s is none of ours', (uri) => {
  expect(parseLocalUri(BASE, uri)).toBeNull();
});

test('the host is compared as a host, not as text', () => {
  expect(parseLocalUri(BASE, 'https://A.EXAMPLE:443/ap/users/12')).toEqual({ kind: 'actor', accountId });
});
