import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { JsonObject, ReceivedPost } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(120_000);

/** What old servers send: nobody here can check it, and it is passed on for those who can. */
const SIGNATURE = { signature: { type: 'RsaSignature2017', creator: 'https://far.example/users/x#main-key', created: '2026-01-01T00:00:00Z', signatureValue: 'AAAA' } };
const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

let stage: HostileStage;
let root: { id: string; uri: string };
beforeAll(async () => {
  stage = await HostileStage.start();
  // By itself it takes a letter for forged whose signer is not the actor; who reads the signature within does not.
  await stage.victim.behave({ inbox: { kind: 'status', status: 202 } });
  await stage.mustApply(stage.vic, stage.vic.activity('Follow', stage.alice.account.uri));
  await stage.mustApply(stage.eve, stage.eve.activity('Follow', stage.alice.account.uri));
  root = await stage.alice.api.post('/api/v1/statuses', { status: 'a thread' });
});
afterAll(() => stage.stop());

const answer = (extra: JsonObject = {}) => stage.eve.note('an answer', { inReplyTo: root.uri, to: [PUBLIC], cc: [stage.alice.account.uri], ...extra });
const atVictim = (id: string): Promise<ReceivedPost> => stage.victim.untilPost(id, ({ activityId }) => activityId === id);
const passedOn = (id: string): ReceivedPost[] => [...stage.victim.posts, ...stage.evil.posts].filter(({ activityId }) => activityId === id);

test('an answer, its edit and its end go to the followers of who was answered as they came, and not back', async () => {
  const note = answer();
  const activities = [
    stage.eve.create(note, SIGNATURE),
    stage.eve.activity('Update', { ...note, content: 'changed', updated: new Date(Date.now() + 1_000).toISOString() }, SIGNATURE),
    stage.eve.activity('Delete', { id: note.id, type: 'Tombstone' }, { to: [PUBLIC], ...SIGNATURE }),
  ];
  for (const activity of activities) {
    await stage.mustApply(stage.eve, activity);
    const post = await atVictim(activity.id);
    expect(post.body).toBe(JSON.stringify(activity));
    expect(post).toMatchObject({ signature: 'actor_mismatch', keyId: `${stage.alice.account.uri}#main-key`, path: '/inbox' });
  }
  await stage.server.settled();
  for (const { id } of activities) expect(passedOn(id)).toHaveLength(1);
});

test('what nobody else can check, is not for everybody, or is by somebody whom the answered one blocks stays here', async () => {
  const blocked = stage.evil.addPerson('blocked');
  const account = await stage.meet(blocked);
  await stage.follow(stage.bob, blocked);
  await stage.alice.api.post(`/api/v1/accounts/${account.id}/block`);
  const kept = [
    [stage.eve, stage.eve.create(answer())],
    [stage.eve, stage.eve.create(answer({ to: [stage.alice.account.uri], cc: [] }), SIGNATURE)],
    [stage.eve, stage.eve.create(stage.eve.note('no answer', { cc: [stage.alice.account.uri] }), SIGNATURE)],
    [blocked, blocked.create(blocked.note('unwanted', { inReplyTo: root.uri }), SIGNATURE)],
  ] as const;
  for (const [person, activity] of kept) await stage.mustApply(person, activity);
  await stage.server.settled();
  for (const [, { id }] of kept) expect(passedOn(id)).toEqual([]);
});

test('the end of what somebody here boosted goes on to the booster’s followers', async () => {
  const note = stage.eve.note('worth passing on');
  await stage.follow(stage.alice, stage.eve);
  await stage.mustApply(stage.eve, stage.eve.create(note));
  const status = await stage.status(note.id);
  await stage.alice.api.post(`/api/v1/statuses/${status?.id}/reblog`);
  const end = stage.eve.activity('Delete', { id: note.id, type: 'Tombstone' }, { to: [PUBLIC], ...SIGNATURE });
  await stage.mustApply(stage.eve, end);
  expect((await atVictim(end.id)).body).toBe(JSON.stringify(end));
});
