import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Create, Delete, Follow } from '@fedify/vocab';
import { AccountDeletedV1 } from '@trunkline/contracts';
import { ScriptedRemote, startTestServer, until, type JsonObject, type TestPerson, type TestServer } from '../src/index.js';
import { FedifyPeer } from './fedify-peer.js';

// What we prove (FEP-8b32), read by a foreign verifier from the bytes that came.

jest.setTimeout(90_000);

let peer: FedifyPeer;
let relay: ScriptedRemote;
let server: TestServer;
let alice: TestPerson;
beforeAll(async () => {
  [peer, relay] = [await FedifyPeer.start(), await ScriptedRemote.start({ name: 'ray' })];
  server = await startTestServer({ peers: [peer.host, relay.host] });
  alice = await server.person('alice');
  await peer.send(new Follow({ id: new URL('/follows/1', peer.origin), actor: peer.uri, object: new URL(alice.account.uri) }), inbox(), alice.account.uri);
  await relay.follow(alice.account.uri, inbox());
  await server.settled();
});
afterAll(async () => {
  await server?.stop();
  await Promise.all([peer?.stop(), relay?.stop()]);
});

const inbox = (): string => `http://${server.domain}/inbox`;
const post = (status: string, more: object = {}): Promise<{ id: string; uri: string }> => alice.api.post('/api/v1/statuses', { status, ...more });
const bodies = (): JsonObject[] => peer.bodies.map((body) => JSON.parse(body) as JsonObject);
const arrived = (what: string, isIt: (json: JsonObject) => boolean): Promise<string> =>
  until(what, () => peer.bodies.find((body) => isIt(JSON.parse(body) as JsonObject)));
const idOf = (value: unknown): unknown => (typeof value === 'object' && value !== null ? (value as JsonObject)['id'] : value);
const about = (type: string, uri: string) => (json: JsonObject): boolean => json['type'] === type && idOf(json['object']) === uri;

describe('Fedify believes by its proof', () => {
  let first: { id: string; uri: string };
  const proven: string[] = [];
  const expectProven = async (body: string): Promise<void> => {
    proven.push(body);
    expect([JSON.parse(body).type, await peer.believes(body)]).toEqual([JSON.parse(body).type, true]);
    expect((JSON.parse(body) as JsonObject)['@context']).toContain('https://w3id.org/security/data-integrity/v1');
  };

  test('a post with mentions, tags and a warning, its edit', async () => {
    first = await post(`Grüße @${peer.handle} 🙂 #tag`, { spoiler_text: 'ü', language: 'de' });
    await expectProven(await arrived('the Create', about('Create', first.uri)));
    await alice.api.ask('PUT', `/api/v1/statuses/${first.id}`, { status: 'Changed' });
    await expectProven(await arrived('the Update', about('Update', first.uri)));
  });

  test('a poll, a boost and its end, an unlisted answer, a pin', async () => {
    const poll = await post('Tea?', { poll: { options: ['yes', 'no'], expires_in: 3_600 } });
    await expectProven(await arrived('the Question', about('Create', poll.uri)));
    const answer = await post('yes', { in_reply_to_id: first.id, visibility: 'unlisted' });
    await expectProven(await arrived('the answer', about('Create', answer.uri)));
    await alice.api.post(`/api/v1/statuses/${first.id}/reblog`);
    await expectProven(await arrived('the Announce', about('Announce', first.uri)));
    await alice.api.post(`/api/v1/statuses/${first.id}/unreblog`);
    await expectProven(await arrived('the Undo', ({ type, object }) => type === 'Undo' && (object as JsonObject)['type'] === 'Announce'));
    await alice.api.post(`/api/v1/statuses/${first.id}/pin`);
    await expectProven(await arrived('the Add', about('Add', first.uri)));
  });

  test('a profile', async () => {
    await alice.api.ask('PATCH', '/api/v1/accounts/update_credentials', { display_name: 'Alice A.', note: 'hi' });
    await expectProven(await arrived('the Update', about('Update', alice.account.uri)));
  });

  test('nothing that was changed', async () => {
    for (const body of proven) {
      const json = JSON.parse(body) as JsonObject;
      expect(await peer.believes(JSON.stringify({ ...json, object: 'https://elsewhere.example/1' }))).toBe(false);
      expect(await peer.believes(JSON.stringify({ ...json, proof: { ...(json['proof'] as object), created: '2026-01-01T00:00:00Z' } }))).toBe(false);
    }
  });

  test('what somebody else delivers', async () => {
    // By somebody whose posts Fedify gets from nobody else: what it has seen it does not take again.
    const carol = await server.person('carol');
    await relay.follow(carol.account.uri, inbox());
    await server.settled();
    const passed = await carol.api.post<{ uri: string }>('/api/v1/statuses', { status: 'passed on' });
    const { body } = await relay.untilPost('the Create', ({ activity }) => activity !== null && about('Create', passed.uri)(activity));
    const before = peer.of(Create).length;
    expect((await relay.sendBody(peer.inbox, body)).status).toBeLessThan(300);
    await until('the forwarded Create', () => peer.of(Create).length > before);
    const changed = JSON.stringify({ ...(JSON.parse(body) as JsonObject), id: `${passed.uri}/other` });
    expect((await relay.sendBody(peer.inbox, changed)).status).toBe(401);
  });
});

test('what is for few carries no proof', async () => {
  for (const visibility of ['private', 'direct']) {
    const { uri } = await post(`@${peer.handle} between us`, { visibility });
    expect(JSON.parse(await arrived(visibility, about('Create', uri)))).not.toHaveProperty('proof');
  }
  expect(bodies().filter(({ type }) => type === 'Accept').every((json) => !('proof' in json))).toBe(true);
});

test('the instance actor and accounts list both keys; the RSA key is where it was', async () => {
  for (const uri of [alice.account.uri, `http://${server.domain}/actor`]) {
    const actor = (await (await fetch(uri, { headers: { accept: 'application/activity+json' } })).json()) as JsonObject;
    expect(actor).toMatchObject({
      publicKey: { id: `${uri}#main-key`, owner: uri, publicKeyPem: expect.stringContaining('BEGIN PUBLIC KEY') },
      assertionMethod: [{ id: `${uri}#ed25519-key`, type: 'Multikey', controller: uri, publicKeyMultibase: expect.stringMatching(/^z6Mk/) }],
    });
  }
});

test('the end of an account is proven by the key that stays in its tombstone', async () => {
  const key = ((await (await fetch(alice.account.uri, { headers: { accept: 'application/activity+json' } })).json()) as JsonObject)['assertionMethod'];
  await server.backbone.store.transaction(async (tx) => {
    await tx.deleteAccount(alice.account.id);
    await tx.appendEvent(AccountDeletedV1, { accountId: alice.account.id, local: true });
  });
  const body = await arrived('the Delete', about('Delete', alice.account.uri));
  const gone = await fetch(alice.account.uri, { headers: { accept: 'application/activity+json' } });
  expect([gone.status, await gone.json()]).toMatchObject([410, { type: 'Tombstone', assertionMethod: key }]);
  expect(await peer.believes(body)).toBe(true);
  expect(peer.of(Delete)).toHaveLength(1);
});
