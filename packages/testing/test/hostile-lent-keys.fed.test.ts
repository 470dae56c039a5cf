import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Follow } from '@fedify/vocab';
import { until } from '../src/index.js';
import { FedifyPeer } from './fedify-peer.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(120_000);

const AS = 'https://www.w3.org/ns/activitystreams';
const SIGNATURE = { type: 'RsaSignature2017', creator: 'https://far.example/users/x#main-key', created: '2026-01-01T00:00:00Z', signatureValue: 'AAAA' };

let stage: HostileStage;
let peer: FedifyPeer;
let root: { uri: string };
beforeAll(async () => {
  peer = await FedifyPeer.start();
  stage = await HostileStage.start({ peers: [peer.host] });
  // By itself it takes a letter for forged whose signer is not the actor.
  await stage.victim.behave({ inbox: { kind: 'status', status: 202 } });
  await peer.send(new Follow({ id: new URL('/follows/1', peer.origin), actor: peer.uri, object: new URL(stage.alice.account.uri) }), stage.inbox, stage.alice.account.uri);
  await until('the Accept', () => peer.received[0]);
  await stage.mustApply(stage.vic, stage.vic.activity('Follow', stage.alice.account.uri));
  root = await stage.alice.api.post('/api/v1/statuses', { status: 'a thread' });
});
afterAll(async () => {
  await stage.stop();
  await peer.stop();
});

/** An answer by eve whose context, or spelling, makes alice the actor of it for some readers. */
function trick(context: unknown, more: Readonly<Record<string, unknown>>): { id: string; body: string } {
  const note = stage.eve.note('gotcha', { inReplyTo: root.uri, cc: [stage.alice.account.uri] });
  const create = { ...stage.eve.create(note), '@context': context, signature: SIGNATURE, ...more };
  return { id: create.id, body: JSON.stringify(create) };
}

// Forwarding signs what others wrote: whoever goes by JSON-LD, as Fedify does, found alice's key over an activity of alice's.
test('S048 S052 nobody here lends their key to what another reader takes for their own words', async () => {
  const ann = stage.alice.account.uri;
  const tricks = [
    trick([AS, { actor: 'https://far.example/x', said: { '@id': 'as:actor', '@type': '@id' } }], { said: ann }),
    trick([AS, { actor: null, x: `${AS}#`, said: { '@id': 'x:actor', '@type': '@id' } }], { said: ann }),
    trick([AS, { actor: 'https://far.example/x' }], { [`${AS}#actor`]: { '@id': ann } }),
    trick([AS, `${stage.evil.baseUrl}/context`], { said: ann }),
  ];
  const doubled = trick(AS, {});
  const bodies = [...tricks, { ...doubled, body: doubled.body.replace('{', `{"actor":"${ann}",`) }];
  for (const { id, body } of bodies) {
    expect((await stage.evil.sendBody(stage.inbox, body)).status).toBe(202);
    expect(await stage.endOf(id)).toBe('applied');
  }
  const plain = trick(AS, {});
  expect((await stage.evil.sendBody(stage.inbox, plain.body)).status).toBe(202);
  await stage.victim.untilPost('the plain one', ({ activityId }) => activityId === plain.id);
  await stage.server.settled();
  for (const { id } of bodies) expect(stage.victim.posts.filter(({ activityId }) => activityId === id)).toEqual([]);
  expect(peer.received.filter(({ actorId }) => actorId?.href === ann).map(({ id }) => id?.href).filter((id) => bodies.some((one) => one.id === id))).toEqual([]);
});

test('what answers an id of ours that never was, or is longer than any post, goes to nobody’s followers', async () => {
  const never = stage.eve.note('look at me', { inReplyTo: `${stage.alice.account.uri}/statuses/4711`, cc: [stage.alice.account.uri] });
  const long = stage.eve.note('long', { inReplyTo: root.uri, padding: 'x'.repeat(100_000) });
  const creates = [never, long].map((note) => stage.eve.create(note, { signature: SIGNATURE }));
  for (const create of creates) await stage.mustApply(stage.eve, create);
  await stage.server.settled();
  for (const { id } of creates) expect(stage.victim.posts.filter(({ activityId }) => activityId === id)).toEqual([]);
});
