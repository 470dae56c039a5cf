import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { digestOf, signRequest } from '@trunkline/http-signatures';
import { InboxBench } from './inbox-bench.js';
import { post, type PeerActor } from './scripted-peer.js';

let bench: InboxBench;
let amy: PeerActor;
let eve: PeerActor;
beforeAll(async () => {
  bench = await InboxBench.start();
  amy = bench.peer.actor('amy');
  eve = bench.other.actor('eve');
}, 60_000);
afterAll(async () => bench?.stop());

const raw = (body: string, type = 'application/activity+json') => {
  const bytes = Buffer.from(body);
  return post(bench.address.port, '/inbox', { Host: bench.address.domain, 'Content-Type': type, 'Content-Length': String(bytes.length) }, bytes);
};
const rowCount = async () => (await bench.server.backbone.db.query<{ n: number }>('SELECT count(*)::int AS n FROM federation.inbound'))[0]?.n;

test('a good signature: 202 with an empty body, and the row stands by then', async () => {
  const activity = bench.peer.activity('Like', amy, 'https://nowhere.example/1');
  const answer = await bench.send(amy, activity);
  expect([answer.status, answer.body]).toEqual([202, '']);
  expect(await bench.rows(activity.id)).toHaveLength(1);
});

test('a wrong signature: 401 in Mastodon’s error form, and no row', async () => {
  const before = await rowCount();
  const answer = await bench.send({ ...amy, privateKey: eve.privateKey }, bench.peer.activity('Like', amy, 'https://nowhere.example/1'));
  expect([answer.status, JSON.parse(answer.body)]).toEqual([401, { error: 'The request signature is not valid' }]);
  expect(await rowCount()).toBe(before);
});

test('an actor who did not sign: 401, and no row', async () => {
  const before = await rowCount();
  expect((await bench.send(eve, bench.peer.activity('Like', amy, 'https://nowhere.example/1'))).status).toBe(401);
  expect(await rowCount()).toBe(before);
});

// The first Digest fits the body, the second is somebody else's, and the other way round.
test.each([0, 1])('S042 two Digest headers: 401, and no row', async (place) => {
  const before = await rowCount();
  const body = Buffer.from(JSON.stringify(bench.peer.activity('Like', amy, 'https://nowhere.example/1')));
  const signed = await signRequest({
    method: 'POST', url: `http://${bench.address.domain}/inbox`, headers: { 'Content-Type': 'application/activity+json' }, body, keyId: amy.keyId, privateKey: amy.privateKey, date: new Date(),
  });
  const digests = [digestOf(body), digestOf(Buffer.from('other'))];
  const twice = place === 0 ? digests : digests.reverse();
  const answer = await post(bench.address.port, '/inbox', { ...signed, Digest: twice as unknown as string }, body);
  expect(answer.status).toBe(401);
  expect(await rowCount()).toBe(before);
});

test.each([
  ['no JSON', '{"type":', 400],
  ['nothing', '', 400],
  ['a list', '[]', 400],
  ['over 1 MiB', JSON.stringify({ type: 'Create', pad: 'x'.repeat(1_048_576) }), 413],
])('a body that is %s', async (_, body, status) => {
  const answer = await raw(body);
  expect(answer.status).toBe(status);
  expect(Object.keys(JSON.parse(answer.body))).toEqual(['error']);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])('the content type %s is refused', async (type) => {
  const answer = await raw('type=Follow', type);
  expect([400, 415]).toContain(answer.status);
});

test('an unsigned activity of a known shape: 401', async () => {
  expect((await raw(JSON.stringify(bench.peer.activity('Like', amy, 'https://nowhere.example/1')))).status).toBe(401);
});

test('an unknown type: 202, and no row', async () => {
  const activity = bench.peer.activity('Bite', amy, 'https://nowhere.example/1');
  expect((await bench.send(amy, activity)).status).toBe(202);
  expect(await bench.rows(activity.id)).toEqual([]);
});

test('an exact repeat of a Create is stored once', async () => {
  const create = bench.peer.activity('Create', amy, bench.peer.note(amy));
  const answers = await Promise.all(Array.from({ length: 20 }, () => bench.send(amy, create)));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
  expect(await bench.rows(create.id)).toHaveLength(1);
});

test('a key host that is away: 503 with Retry-After', async () => {
  const ghost = { ...amy, keyId: `${bench.peer.url}/users/ghost#main-key`, uri: `${bench.peer.url}/users/ghost` };
  bench.peer.documents.set('/users/ghost', 500);
  const answer = await bench.send(ghost, bench.peer.activity('Like', ghost, 'https://nowhere.example/1'));
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '60']);
});
