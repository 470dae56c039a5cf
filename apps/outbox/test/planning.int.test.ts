import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AccountDeletedV1, AccountUpdatedV1, StatusPublishedV1 } from '@trunkline/contracts';
import type { Account, Status, Visibility } from '@trunkline/domain';
import {
  acceptFollow,
  blockAccount,
  boostStatus,
  deleteStatus,
  editStatus,
  favouriteStatus,
  followAccount,
  publishStatus,
  rejectFollow,
  resolveStatus,
  unblockAccount,
  unboostStatus,
  unfavouriteStatus,
  unfollowAccount,
} from '@trunkline/social';
import { parsePublicKeyPem, parseSignature, verifySignature } from '@trunkline/http-signatures';
import { ScriptedRemote, startTestServer, type ReceivedPost, type TestPerson, type TestServer } from '@trunkline/testing';
import { PlanDeliveryAdapter } from '../src/plan-delivery/plan-delivery.adapter.js';
import { planPublished } from '../src/plan-delivery/plan-status.js';
import { delivered, outboxService, resolved } from './outbox-server.js';

let remote: ScriptedRemote;
let other: ScriptedRemote;
let server: TestServer;
let ann: TestPerson;
let rem: Account;
beforeAll(async () => {
  [remote, other] = [await ScriptedRemote.start(), await ScriptedRemote.start({ name: 'oth' })];
  server = await startTestServer({ service: outboxService(), peers: [remote.host, other.host] });
  ann = await server.person('ann');
  rem = await resolved(server, remote.person);
}, 60_000);
afterAll(() => Promise.all([server, remote, other].map((one) => one.stop())));

async function post(author: TestPerson, text: string, visibility: Visibility = 'public'): Promise<Status> {
  const draft = { text, visibility, inReplyToId: null, spoilerText: '', sensitive: false, language: null, application: null, idempotencyKey: null };
  const made = await publishStatus(server.backbone, author.account, draft);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}
const arrived = (id: string): Promise<ReceivedPost> => remote.untilPost(id, (one) => one.activityId === id && one.signature === 'valid');

test('a follow and its end, as asked by us', async () => {
  await followAccount(server.backbone, ann.account, rem);
  const request = await server.backbone.store.followRequest(ann.account.id, rem.id);
  const uri = `${ann.account.uri}/follows/${request?.id}`;
  expect(await arrived(uri)).toMatchObject({ type: 'Follow', path: new URL(rem.inboxUrl).pathname, activity: { object: rem.uri } });
  await unfollowAccount(server.backbone, ann.account.id, rem.id);
  expect(await arrived(`${ann.account.uri}#undos/follows/${request?.id}`)).toMatchObject({ type: 'Undo', activity: { object: { id: uri, type: 'Follow', actor: ann.account.uri, object: rem.uri } } });
});

test('a follow as asked by them: accepted, accepted again, removed', async () => {
  const uri = `${rem.uri}#follow-1`;
  await followAccount(server.backbone, rem, ann.account, { uri });
  const tie = await server.backbone.store.follow(rem.id, ann.account.id);
  const accept = `${ann.account.uri}#accepts/follows/${tie?.id}`;
  expect(await arrived(accept)).toMatchObject({ type: 'Accept', activity: { object: { id: uri, type: 'Follow', actor: rem.uri, object: ann.account.uri } } });

  await followAccount(server.backbone, rem, ann.account, { uri: `${rem.uri}#follow-2` });
  await remote.untilPost('the second Accept', (one) => one.activityId === accept && JSON.stringify(one.activity).includes('follow-2'));
  await rejectFollow(server.backbone, rem.id, ann.account.id);
  expect(await arrived(`${ann.account.uri}#rejects/follows/${tie?.id}`)).toMatchObject({ type: 'Reject', activity: { object: { id: `${rem.uri}#follow-2` } } });
});

test('a locked account answers when its owner does', async () => {
  const lou = await server.person('lou', { locked: true });
  await followAccount(server.backbone, rem, lou.account, { uri: `${rem.uri}#follow-lou` });
  const request = await server.backbone.store.followRequest(rem.id, lou.account.id);
  await acceptFollow(server.backbone, rem.id, lou.account.id);
  expect(await arrived(`${lou.account.uri}#accepts/follows/${request?.id}`)).toMatchObject({ activity: { object: { id: `${rem.uri}#follow-lou` } } });
});

test('a post, its edit and its deletion, in this order, to the shared inbox, each once', async () => {
  await followAccount(server.backbone, rem, ann.account, { uri: `${rem.uri}#follow-3` });
  const status = await post(ann, 'hello followers');
  const edited = await editStatus(server.backbone, ann.account, status.id, { text: 'hello again', spoilerText: '', sensitive: false, language: null });
  if (!edited.ok) throw new Error(edited.error.code);
  await deleteStatus(server.backbone, status);
  expect(await arrived(`${status.uri}#delete`)).toMatchObject({ type: 'Delete', path: '/inbox', activity: { object: { type: 'Tombstone', id: status.uri } } });
  await delivered(server);
  const about = remote.posts.filter((one) => one.activityId?.startsWith(status.uri)).map((one) => one.activityId);
  // Deleted before its Create was planned, it may never be told of; what is told comes in order and once.
  const order = [`${status.uri}/activity`, `${status.uri}#updates/${edited.value.editedAt?.getTime()}`, `${status.uri}#delete`];
  expect(about).toEqual(order.filter((id) => about.includes(id)));
});

test('what is for one person alone goes to their own inbox', async () => {
  const status = await post(ann, `@${remote.person.handle} psst`, 'direct');
  expect(await arrived(`${status.uri}/activity`)).toMatchObject({ type: 'Create', path: new URL(rem.inboxUrl).pathname, activity: { to: [rem.uri] } });
  expect(other.posts.some((one) => one.activityId?.startsWith(status.uri))).toBe(false);
});

test('a favourite and a boost of their post, and both taken back', async () => {
  const note = remote.person.note('like me');
  const found = await resolveStatus(server.backbone, String(note['id']));
  if (!found.ok) throw new Error(found.error.code);
  const target = found.value;
  await favouriteStatus(server.backbone, ann.account.id, target.id);
  const [like] = await server.backbone.db.query<{ id: string }>('SELECT id FROM social.favourites WHERE status_id = $1', [target.id]);
  const likeUri = `${ann.account.uri}/likes/${like?.id}`;
  expect(await arrived(likeUri)).toMatchObject({ type: 'Like', activity: { object: target.uri } });
  await unfavouriteStatus(server.backbone, ann.account.id, target.id);
  expect(await arrived(`${ann.account.uri}#undos/likes/${like?.id}`)).toMatchObject({ type: 'Undo', activity: { object: { id: likeUri, type: 'Like' } } });

  const boosted = await boostStatus(server.backbone, ann.account, target.id);
  if (!boosted.ok) throw new Error(boosted.error.code);
  const announce = `${ann.account.uri}/statuses/${boosted.value}/activity`;
  expect(await arrived(announce)).toMatchObject({ type: 'Announce', activity: { object: target.uri } });
  await unboostStatus(server.backbone, ann.account, target.id);
  expect(await arrived(`${ann.account.uri}#undos/statuses/${boosted.value}`)).toMatchObject({ type: 'Undo', activity: { object: { id: announce, type: 'Announce' } } });
});

test('an event that comes again plans nothing', async () => {
  const status = await post(ann, 'once');
  await arrived(`${status.uri}/activity`);
  await delivered(server);
  const { backbone } = server;
  const [row] = await backbone.db.query<{ payload: { eventId: string } }>(
    `SELECT payload FROM events.outbox WHERE subject = $1 AND payload->>'statusId' = $2`,
    [StatusPublishedV1.subject, status.id],
  );
  const adapter = server.service.app.get(PlanDeliveryAdapter, { strict: false });
  const event = StatusPublishedV1.schema.parse(row?.payload);
  await Promise.all([adapter.planBatch(planPublished, [event]), adapter.planBatch(planPublished, [event])]);
  const [count] = await backbone.db.query<{ n: number }>('SELECT count(*)::int AS n FROM federation.delivery_bodies WHERE activity_id = $1', [`${status.uri}/activity`]);
  expect(count?.n).toBe(1);
});

test('a changed profile goes to followers, the end of an account to every server known', async () => {
  await resolved(server, other.person);
  const { store } = server.backbone;
  await store.transaction(async (tx) => {
    await tx.updateAccount(ann.account.id, { displayName: 'Ann B.' });
    await tx.appendEvent(AccountUpdatedV1, { accountId: ann.account.id, local: true });
  });
  const update = await remote.untilPost('the profile', (one) => one.type === 'Update' && one.activityId?.startsWith(`${ann.account.uri}#updates/`) === true);
  expect(update.activity).toMatchObject({ object: { type: 'Person', name: 'Ann B.' } });
  expect(other.posts.some((one) => one.type === 'Update')).toBe(false);

  const una = await server.person('una');
  await store.transaction(async (tx) => {
    await tx.deleteAccount(una.account.id);
    await tx.appendEvent(AccountDeletedV1, { accountId: una.account.id, local: true });
  });
  const isDelete = (one: ReceivedPost): boolean => one.activityId === `${una.account.uri}#delete`;
  // The actor answers 410 by now: a server that never held its key cannot check the signature, nor does it hold a copy.
  for (const one of [remote, other]) expect(await one.untilPost('the Delete', isDelete)).toMatchObject({ activity: { actor: una.account.uri, object: una.account.uri } });
});

test('the end of an account is signed with its key, which whoever knew it still holds', async () => {
  const ivy = await server.person('ivy');
  await post(ivy, `hello @${remote.person.handle}`);
  await remote.untilPost('the post', (one) => one.signature === 'valid' && one.activity?.['actor'] === ivy.account.uri);
  const { publicKeyPem } = await server.backbone.accountKeys.getOrCreate(ivy.account.id);
  await server.backbone.store.transaction(async (tx) => {
    await tx.deleteAccount(ivy.account.id);
    await tx.appendEvent(AccountDeletedV1, { accountId: ivy.account.id, local: true });
  });
  const told = await remote.untilPost('the Delete', (one) => one.activityId === `${ivy.account.uri}#delete`);
  const parsed = parseSignature({ method: 'POST', path: told.path, headers: told.headers }, { nowMs: Date.now(), hosts: [remote.host] });
  const key = parsePublicKeyPem(publicKeyPem);
  expect(parsed.ok && key.ok && verifySignature(parsed.value, key.value)).toBe(true);
});

test('a changed profile also reaches whom its owner has just spoken to; a deletion, whoever reacted to what few could see', async () => {
  const kim = await server.person('kim');
  await post(kim, `hello @${other.person.handle}`);
  const { store } = server.backbone;
  await store.transaction((tx) => tx.appendEvent(AccountUpdatedV1, { accountId: kim.account.id, local: true }));
  await other.untilPost('the profile', (one) => one.type === 'Update' && one.activity?.['actor'] === kim.account.uri);

  const oth = await resolved(server, other.person);
  const status = await post(kim, 'for followers', 'private');
  await store.transaction((tx) => tx.insertFavourite({ id: server.backbone.ids.next(), accountId: oth.id, statusId: status.id, uri: null }));
  await deleteStatus(server.backbone, status);
  await other.untilPost('the Delete', (one) => one.type === 'Delete' && one.activity?.['actor'] === kim.account.uri);
});

test('a block is told to the blocked one alone, and its end', async () => {
  await blockAccount(server.backbone, ann.account.id, rem.id);
  const [block] = await server.backbone.db.query<{ id: string }>('SELECT id FROM social.blocks WHERE target_account_id = $1', [rem.id]);
  const uri = `${ann.account.uri}#blocks/${block?.id}`;
  expect(await arrived(uri)).toMatchObject({ type: 'Block', activity: { object: rem.uri } });
  await unblockAccount(server.backbone, ann.account.id, rem.id);
  expect(await arrived(`${uri}/undo`)).toMatchObject({ type: 'Undo', activity: { object: { id: uri, type: 'Block' } } });
});

test('a server that is suspended gets nothing any more', async () => {
  const { moderation, policy } = server.backbone;
  const oth = await resolved(server, other.person);
  await followAccount(server.backbone, oth, ann.account, { uri: `${oth.uri}#f` });
  const before = await post(ann, 'still');
  await other.untilPost('the post', (one) => one.activityId === `${before.uri}/activity`);
  await moderation.setDomainRule(null, { domain: other.host, severity: 'suspend', rejectMedia: false, rejectReports: false, privateComment: null, publicComment: null, obfuscate: false });
  await policy.refresh();
  const after = await post(ann, 'never');
  await delivered(server);
  expect(other.posts.some((one) => one.activityId?.startsWith(after.uri))).toBe(false);
});
