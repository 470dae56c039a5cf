import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { multikeyOfPem } from '@trunkline/activitypub';
import type { Status } from '@trunkline/domain';
import { acceptFollow, followAccount, publishStatus } from '@trunkline/social';
import { getSigned, ScriptedRemote, startTestServer, type Signing, type TestPerson, type TestServer } from '@trunkline/testing';
import { ACTIVITY, get, outboxService, resolved } from './outbox-server.js';

let friend: ScriptedRemote;
let stranger: ScriptedRemote;
let server: TestServer;
let strict: TestServer;
let ann: TestPerson;
beforeAll(async () => {
  [friend, stranger] = [await ScriptedRemote.start({ name: 'fay' }), await ScriptedRemote.start({ name: 'sue' })];
  const peers = [friend.host, stranger.host];
  server = await startTestServer({ service: outboxService(), peers });
  strict = await startTestServer({ service: outboxService(), peers, env: { AUTHORIZED_FETCH: 'true' } });
  ann = await server.person('ann');
}, 60_000);
afterAll(() => Promise.all([server, strict, friend, stranger].map((one) => one.stop())));

async function post(text: string, visibility: Status['visibility'], inReplyToId: Status['id'] | null = null): Promise<Status> {
  const draft = { text, visibility, inReplyToId, spoilerText: '', sensitive: false, language: null, application: null, idempotencyKey: null };
  const made = await publishStatus(server.backbone, ann.account, draft);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}
const statusOf = async (remote: ScriptedRemote, uri: string): Promise<number> => (await remote.fetchDocument(uri, ACTIVITY)).status;

test('a followers-only post is read by the server of a follower, a direct one by that of whom it names', async () => {
  const fay = await resolved(server, friend.person);
  const hidden = await post('for my followers', 'private');
  expect(await statusOf(friend, hidden.uri)).toBe(404);
  await followAccount(server.backbone, fay, ann.account, { uri: `${fay.uri}/follows/1` });
  const read = await friend.fetchDocument(hidden.uri, ACTIVITY);
  expect([read.status, JSON.parse(read.body)]).toMatchObject([200, { id: hidden.uri, to: [`${ann.account.uri}/followers`] }]);
  expect(await statusOf(friend, `${hidden.uri}/activity`)).toBe(200);
  expect(await statusOf(stranger, hidden.uri)).toBe(404);
  expect((await get(server, hidden.uri)).status).toBe(404);

  const direct = await post(`@${friend.person.handle} psst`, 'direct');
  expect(await statusOf(friend, direct.uri)).toBe(200);
  expect(await statusOf(stranger, direct.uri)).toBe(404);
  expect(await statusOf(friend, (await post('to nobody', 'direct')).uri)).toBe(404);
});

test('S139 a follow that no list shows is read by the server of whoever is followed', async () => {
  const fay = await resolved(server, friend.person);
  const bob = await server.person('bob');
  const { store } = server.backbone;
  await followAccount(server.backbone, bob.account, fay);
  const waiting = `${bob.account.uri}/follows/${(await store.followRequest(bob.account.id, fay.id))?.id}`;
  const seen = async (uri: string) => [(await get(server, uri)).status, await statusOf(stranger, uri), await statusOf(friend, uri)];
  expect(await seen(waiting)).toEqual([404, 404, 200]);
  await acceptFollow(server.backbone, bob.account.id, fay.id);
  const standing = `${bob.account.uri}/follows/${(await store.follow(bob.account.id, fay.id))?.id}`;
  expect(await seen(standing)).toEqual([200, 200, 200]);
  await store.transaction((tx) => tx.updateAccount(bob.account.id, { hideCollections: true }));
  expect(await seen(standing)).toEqual([404, 404, 200]);
  expect((await friend.fetchDocument(standing, ACTIVITY)).headers['cache-control']).toBe('private, no-store');
});

test('S126 S136 the consent to an answer tells nobody of answers that are not for all', async () => {
  const open = await post('ask me anything', 'public');
  const answers = await Promise.all((['public', 'private', 'direct'] as const).map((visibility) => post('an answer', visibility, open.id)));
  const seen = await Promise.all(answers.map(({ id }) => get(server, `${ann.account.uri}/reply_authorizations/${id}`)));
  expect(seen.map(({ status }) => status)).toEqual([200, 404, 404]);
  expect(await Promise.all(answers.map(({ id }) => statusOf(stranger, `${ann.account.uri}/reply_authorizations/${id}`)))).toEqual([200, 404, 404]);
  expect((await server.backbone.store.statusesByIds(answers.map(({ id }) => id))).map(({ inReplyToId }) => inReplyToId)).toEqual([open.id, open.id, open.id]);
});

test('S099 authorised fetch wants a signature for all but the server itself and discovery', async () => {
  const eve = await strict.person('eve');
  expect((await get(strict, eve.account.uri)).status).toBe(401);
  expect((await get(strict, `${eve.account.uri}/outbox`)).status).toBe(401);
  expect((await get(strict, '/actor')).status).toBe(200);
  expect((await get(strict, `/.well-known/webfinger?resource=${encodeURIComponent(eve.account.uri)}`)).status).toBe(200);
  expect((await get(strict, eve.account.uri, 'text/html')).status).toBe(302);
  expect(await statusOf(friend, eve.account.uri)).toBe(200);
  const answer = await friend.fetchDocument(eve.account.uri, ACTIVITY);
  expect(answer.status).toBe(200);
});

test('authorised fetch is satisfied by either scheme, and by the Ed25519 key of an actor that has no other', async () => {
  const una = await strict.person('una');
  const pair = generateKeyPairSync('ed25519');
  const id = `${friend.baseUrl}/users/edda`;
  const keyId = `${id}#ed25519-key`;
  const publicKeyMultibase = multikeyOfPem(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  friend.documents.set(id, {
    '@context': 'https://www.w3.org/ns/activitystreams', id, type: 'Person', preferredUsername: 'edda', inbox: `${id}/inbox`,
    assertionMethod: [{ id: keyId, type: 'Multikey', controller: id, publicKeyMultibase }],
  });
  const statusBy = async (signing: Signing, how: object): Promise<number> => (await getSigned(una.account.uri, signing, ACTIVITY, how)).status;
  const edda = { keyId, privateKey: pair.privateKey };
  expect(await statusBy(friend.person, { scheme: 'rfc9421' })).toBe(200);
  expect(await statusBy(edda, { scheme: 'rfc9421' })).toBe(200);
  expect(await statusBy(edda, { scheme: 'rfc9421', algorithm: 'ed25519' })).toBe(200);
  expect(await statusBy(edda, { algorithm: 'hs2019' })).toBe(200);
  // Not what the key is, and not its key.
  expect(await statusBy(edda, {})).toBe(401);
  expect(await statusBy({ keyId, privateKey: generateKeyPairSync('ed25519').privateKey }, { scheme: 'rfc9421' })).toBe(401);
});

test('S195 a suspended server reads nothing that is signed for, within a second', async () => {
  const { moderation, policy } = server.backbone;
  const open = await post('open to all', 'public');
  expect(await statusOf(stranger, open.uri)).toBe(200);
  await moderation.setDomainRule(null, { domain: stranger.host, severity: 'suspend', rejectMedia: false, rejectReports: false, privateComment: null, publicComment: null, obfuscate: false });
  await policy.refresh();
  const { db } = server.backbone;
  // Nothing of it is known any more: whoever refuses it only after having read its key would ask for that.
  await db.query('DELETE FROM federation.remote_keys WHERE owner_uri LIKE $1', [`${stranger.baseUrl}/%`]);
  const knows = () =>
    db.query(
      `SELECT (SELECT count(*)::int FROM federation.remote_keys WHERE owner_uri LIKE $1) AS keys, (SELECT count(*)::int FROM social.accounts WHERE uri LIKE $1) AS people,
              (SELECT md5(string_agg(s::text, ',' ORDER BY id)) FROM social.statuses s) AS posts, (SELECT count(*)::int FROM events.outbox) AS events`,
      [`${stranger.baseUrl}/%`],
    );
  const before = await knows();
  const asked = stranger.gets.length;
  for (const uri of [open.uri, ann.account.uri, `${ann.account.uri}/outbox`, `${ann.account.uri}/followers`, `${open.uri}/replies`]) expect([uri, await statusOf(stranger, uri)]).toEqual([uri, 403]);
  expect([await knows(), before, stranger.gets.length - asked]).toEqual([before, [expect.objectContaining({ keys: 0 })], 0]);
  expect(await statusOf(friend, open.uri)).toBe(200);
});
