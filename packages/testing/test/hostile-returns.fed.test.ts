import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

let stage: HostileStage;
let mallory: ScriptedPerson;
let count = 0;
beforeAll(async () => {
  stage = await HostileStage.start();
});
afterAll(() => stage.stop());
beforeEach(() => {
  count += 1;
  mallory = stage.evil.addPerson(`mallory${count}`);
});

/** Ends, and takes it back: what Misskey says when a suspension is lifted, and anybody can say of themselves. */
async function endAndReturn(): Promise<void> {
  await stage.mustApply(mallory, mallory.activity('Delete', mallory.id));
  expect((await stage.account(mallory.id))?.deletedAt).not.toBeNull();
  await stage.mustApply(mallory, mallory.activity('Undo', mallory.activity('Delete', mallory.id)));
  expect((await stage.account(mallory.id))?.deletedAt).toBeNull();
}

test('S129 whoever is blocked or muted stays so after an end that is taken back', async () => {
  const { id } = await stage.meet(mallory);
  await stage.alice.api.post(`/api/v1/accounts/${id}/block`);
  await stage.bob.api.post(`/api/v1/accounts/${id}/mute`);
  await endAndReturn();
  expect([await stage.count('social.blocks', 'target_account_id = $1', [id]), await stage.count('social.mutes', 'target_account_id = $1', [id])]).toEqual([1, 1]);
  expect(await stage.alice.api.get(`/api/v1/accounts/relationships?id[]=${id}`)).toMatchObject([{ blocking: true }]);
  expect(await stage.apply(mallory, mallory.activity('Follow', stage.alice.account.uri))).toBe('ignored: blocked');
  const note = mallory.note('hello again', { cc: [stage.alice.account.uri], tag: [{ type: 'Mention', href: stage.alice.account.uri }] });
  expect(await stage.apply(mallory, mallory.create(note))).toBe('ignored: not_relevant');
  await stage.server.settled();
  expect(await stage.status(note.id)).toBeUndefined();
  expect(await stage.alice.api.get('/api/v1/notifications')).toEqual([]);
});

test('S214 a vote is given once, whatever ends and returns in between', async () => {
  const poll = await stage.alice.api.post<{ id: string; uri: string; poll: { id: string } }>('/api/v1/statuses', { status: 'which?', poll: { options: ['Tea', 'Rum'], expires_in: 3_600 } });
  const vote = () => mallory.create(mallory.note('', { content: undefined, name: 'Rum', inReplyTo: poll.uri, to: [stage.alice.account.uri], cc: [] }));
  await stage.mustApply(mallory, vote());
  await endAndReturn();
  expect(await stage.apply(mallory, vote())).toBe('ignored: voted_before');
  expect(await stage.alice.api.get(`/api/v1/polls/${poll.poll.id}`)).toMatchObject({ votes_count: 1, options: [{ votes_count: 0 }, { votes_count: 1 }] });
  expect(await stage.count('social.poll_votes', 'status_id = $1', [poll.id])).toBe(1);
});

test('what moderators here decided outlives it', async () => {
  const { id } = await stage.meet(mallory);
  await stage.server.backbone.store.transaction((tx) => tx.updateAccount(id, { suspendedAt: new Date(), silencedAt: new Date() }));
  await endAndReturn();
  expect(await stage.account(mallory.id)).toMatchObject({ suspendedAt: expect.any(Date), silencedAt: expect.any(Date) });
  expect(await stage.apply(mallory, mallory.activity('Follow', stage.alice.account.uri))).toBe('ignored: actor_suspended');
});
